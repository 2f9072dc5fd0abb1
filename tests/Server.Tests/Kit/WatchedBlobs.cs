using System.Collections.Concurrent;
using Federated.Server.Storage;

namespace Server.Tests.Kit;

/// <summary>Blobs in memory that count how often each is read as a whole, and can stop giving them.</summary>
sealed class WatchedBlobs : IBlobStore
{
    readonly MemoryBlobStore _inner = new();

    public ConcurrentQueue<string> Reads { get; } = [];

    /// <summary>The disk of whole blobs does not answer.</summary>
    public bool IsBroken { get; set; }

    public ReadOnlyMemory<byte> ReadAll(string digest)
    {
        Reads.Enqueue(digest);
        return IsBroken ? throw new IOException("The disk is gone.") : _inner.ReadAll(digest);
    }

    public long? Size(string digest) => _inner.Size(digest);

    public IBlobBatch Begin() => _inner.Begin();

    public Task<bool> PutAsync(string digest, Stream body, CancellationToken stopping) => _inner.PutAsync(digest, body, stopping);

    public int Read(string digest, long offset, Span<byte> into) => _inner.Read(digest, offset, into);

    public IStoredBytes Open(string digest) => _inner.Open(digest);
}
