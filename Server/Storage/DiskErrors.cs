namespace Federated.Server.Storage;

static class DiskErrors
{
    public const int WouldBlock = 11; // EAGAIN
    const int NoSpace = 28;       // ENOSPC
    const int QuotaExceeded = 122; // EDQUOT

    /// <summary>.NET puts errno into HResult on Unix.</summary>
    public static bool IsFull(IOException error) => error.HResult is NoSpace or QuotaExceeded || error.InnerException is IOException inner && IsFull(inner);
}
