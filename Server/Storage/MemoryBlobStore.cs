using Federated.Formats.Digests;
using System.Collections.Concurrent;
using Federated.Server.Faults;

namespace Federated.Server.Storage;

/// <summary>The blobs of a simulation.</summary>
sealed class MemoryBlobStore : IBlobStore
{
    readonly ConcurrentDictionary<string, byte[]> _blobs = new(StringComparer.Ordinal);

    public long? Size(string digest) => _blobs.TryGetValue(digest, out var bytes) ? bytes.Length : null;

    public IBlobBatch Begin() => new Batch(this);

    public async Task<bool> PutAsync(string digest, Stream body, CancellationToken stopping)
    {
        using var copy = new MemoryStream();
        await body.CopyToAsync(copy, stopping);
        var found = TreeDigest.Of(copy.GetBuffer().AsSpan(0, (int)copy.Length));
        return found == digest
            ? _blobs.TryAdd(digest, copy.ToArray())
            : throw new FaultException(Fault.BlobDigestMismatch, $"The body has the digest {found}, not {digest}.");
    }

    public int Read(string digest, long offset, Span<byte> into)
    {
        var rest = ReadAll(digest).Span[(int)offset..];
        rest = rest[..Math.Min(rest.Length, into.Length)];
        rest.CopyTo(into);
        return rest.Length;
    }

    public ReadOnlyMemory<byte> ReadAll(string digest) =>
        _blobs.TryGetValue(digest, out var bytes) ? bytes : throw new FaultException(Fault.BlobNotFound, $"There is no blob {digest}.");

    public IStoredBytes Open(string digest) => new MemoryBytes(ReadAll(digest));

    sealed class Batch(MemoryBlobStore store) : IBlobBatch
    {
        public string Add(ReadOnlyMemory<byte> bytes)
        {
            var digest = TreeDigest.Of(bytes.Span);
            store._blobs.TryAdd(digest, bytes.ToArray());
            return digest;
        }

        public Task CommitAsync(CancellationToken stopping) => Task.CompletedTask;
    }
}
