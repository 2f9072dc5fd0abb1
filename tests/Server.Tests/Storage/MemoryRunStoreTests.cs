using Federated.Server.Storage;

namespace Server.Tests.Storage;

public sealed class MemoryRunStoreTests : RunStoreContract
{
    private protected override Task<IRunStore> OpenAsync() => Task.FromResult<IRunStore>(new MemoryRunStore());
}
