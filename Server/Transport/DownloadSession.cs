using System.Buffers;
using Federated.Server.Faults;
using Federated.Server.Fleet;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage;

namespace Federated.Server.Transport;

/// <summary>Streams blobs one after another. A client reads the blobs of runs that admit it, and no others.</summary>
sealed class DownloadSession(IBlobStore blobs, RunDirectory runs, ClientTokens tokens, TransferMeter meter, RoundMetrics metrics)
{
    /// <param name="wanted">The blobs, 1 or more. Where one of them cannot be had, none is streamed.</param>
    /// <param name="credential">The client's.</param>
    /// <param name="writeAsync">Takes a piece, which is valid until the task ends.</param>
    /// <param name="stopping">Ends the stream.</param>
    public async Task RunAsync(IReadOnlyList<BlobRange> wanted, ClientCredential credential, Func<BlobPiece, Task> writeAsync, CancellationToken stopping)
    {
        var client = tokens.Owner(credential);
        var sizes = Sizes(wanted, client);
        var buffer = ArrayPool<byte>.Shared.Rent(ProtocolLimits.ChunkBytes);
        try
        {
            for (var i = 0; i < wanted.Count; i++)
                await StreamAsync(i, wanted[i], sizes[i], client, buffer, writeAsync, stopping);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    async Task StreamAsync(int blob, BlobRange range, long size, string client, byte[] buffer, Func<BlobPiece, Task> writeAsync, CancellationToken stopping)
    {
        var (offset, announced) = (range.Offset, (long?)size);
        do
        {
            stopping.ThrowIfCancellationRequested();
            var count = offset == size ? 0 : blobs.Read(range.Digest, offset, buffer.AsSpan(0, (int)Math.Min(ProtocolLimits.ChunkBytes, size - offset)));
            await writeAsync(new BlobPiece(blob, announced, buffer.AsMemory(0, count)));
            announced = null;
            offset += count;
            meter.Add(client, count);
            metrics.Bytes("down", count);
        }
        while (offset < size);
    }

    long[] Sizes(IReadOnlyList<BlobRange> wanted, string client)
    {
        var readable = Readable(client);
        return [.. wanted.Select(w =>
        {
            if (!readable.Contains(w.Digest) || blobs.Size(w.Digest) is not { } size)
                throw new FaultException(Fault.BlobNotFound, $"There is no blob {w.Digest} for client '{client}'.");
            return w.Offset <= size ? size : throw new FaultException(Fault.OffsetBeyondBlob, $"The offset {w.Offset} is beyond the {size} bytes of blob {w.Digest}.");
        })];
    }

    HashSet<string> Readable(string client) => runs.All.Select(l => l.Current.State).Where(s => s.Spec.Admits(client)).SelectMany(s =>
        s.Starts.Values.Append(s.Version).Concat(s.Evaluations.Values.Select(e => e.Target)).SelectMany(v => v.Digests)
            .Concat(s.Version.Planning?.Digests(client) ?? [])).ToHashSet(StringComparer.Ordinal);
}
