using Federated.Server.Storage;

namespace Server.Tests.Storage;

public sealed class MemoryBlobStoreTests : BlobStoreContract
{
    private protected override IBlobStore Open() => new MemoryBlobStore();
}
