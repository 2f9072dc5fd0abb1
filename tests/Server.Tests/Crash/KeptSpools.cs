using Federated.Server.Storage;

namespace Server.Tests.Crash;

/// <summary>A restart begins from spools that a later commit of the first life had already deleted.</summary>
sealed class KeptSpools : IUpdateSpools
{
    readonly MemorySpools _spools = new();

    public Task<ISpool> OpenAsync(SpoolKey key, long size, CancellationToken stopping) => _spools.OpenAsync(key, size, stopping);

    public IStoredBytes Read(SpoolKey key) => _spools.Read(key);

    public Task DeleteThroughAsync(string run, int round) => Task.CompletedTask;
}
