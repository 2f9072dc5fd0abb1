using Federated.Server.Storage;

namespace Server.Tests.Kit;

static class SpoolKit
{
    /// <summary>True if the bytes have the digest; they are durable then.</summary>
    public static async Task<bool> CompleteAsync(this ISpool spool)
    {
        if (!spool.Verify())
            return false;
        await spool.FlushAsync(CancellationToken.None);
        return true;
    }
}
