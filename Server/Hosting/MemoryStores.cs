using Federated.Server.Privacy;
using Federated.Server.Storage;

namespace Federated.Server.Hosting;

/// <summary>What outlives a simulated coordinator.</summary>
sealed record MemoryStores(MemoryRunStore Runs, MemoryBlobStore Blobs, MemorySpools Spools, MemoryRunSecrets Secrets)
{
    public MemoryStores(ulong seed) : this(new(), new(), new(), new(seed))
    {
    }
}
