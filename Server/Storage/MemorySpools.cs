using Federated.Formats.Digests;
using System.Collections.Concurrent;
using Federated.Server.Faults;

namespace Federated.Server.Storage;

/// <summary>The spools of a simulation.</summary>
sealed class MemorySpools : IUpdateSpools
{
    readonly ConcurrentDictionary<SpoolKey, byte[]> _complete = new();
    readonly ConcurrentDictionary<SpoolKey, MemoryStream> _parts = new();

    public Task<ISpool> OpenAsync(SpoolKey key, long size, CancellationToken stopping) =>
        Task.FromResult<ISpool>(_complete.ContainsKey(key) ? new CompletedSpool(size) : new Part(this, key));

    public IStoredBytes Read(SpoolKey key) => _complete.TryGetValue(key, out var bytes)
        ? new MemoryBytes(bytes)
        : throw new FaultException(Fault.BlobNotFound, $"The update {key.Digest} is no longer spooled.");

    public Task DeleteThroughAsync(string run, int round)
    {
        foreach (var key in _complete.Keys.Concat(_parts.Keys).Where(k => k.Run == run && k.Round <= round))
        {
            _complete.TryRemove(key, out _);
            _parts.TryRemove(key, out _);
        }
        return Task.CompletedTask;
    }

    sealed class Part(MemorySpools spools, SpoolKey key) : ISpool
    {
        readonly MemoryStream _bytes = spools._parts.GetOrAdd(key, _ => new MemoryStream());

        public long Offset => _bytes.Length;

        public bool IsComplete => false;

        public void Append(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

        public bool Verify()
        {
            spools._parts.TryRemove(key, out _);
            if (TreeDigest.Of(_bytes.GetBuffer().AsSpan(0, (int)_bytes.Length)) != key.Digest)
                return false;
            spools._complete[key] = _bytes.ToArray();
            return true;
        }

        public Task FlushAsync(CancellationToken stopping) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }
}
