using Federated.Server.Storage;

namespace Server.Tests.Storage;

public sealed class MemorySpoolsTests : SpoolContract
{
    private protected override IUpdateSpools Open() => new MemorySpools();
}
