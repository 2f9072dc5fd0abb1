namespace Federated.Server.Storage;

static class DiskErrors
{
    public const int WouldBlock = 11; // EAGAIN
    const int NoSpace = 28;       // ENOSPC
    const int ReadOnly = 30;      // EROFS
    const int QuotaExceeded = 122; // EDQUOT

    public static bool IsReadOnly(IOException error) => error.HResult == ReadOnly;

    /// <summary>.NET puts errno into HResult on Unix.</summary>
    public static bool IsFull(IOException error) => error.HResult is NoSpace or QuotaExceeded || error.InnerException is IOException inner && IsFull(inner);
}
