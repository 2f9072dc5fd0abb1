using System.Buffers;
using Federated.Server.Faults;
using Federated.Server.Fleet;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage;

namespace Federated.Server.Transport;

/// <summary>Streams one blob. A client reads the blobs of runs that admit it, and no others.</summary>
sealed class DownloadSession(IBlobStore blobs, RunDirectory runs, ClientTokens tokens, TransferMeter meter, RoundMetrics metrics)
{
    /// <param name="digest">The blob.</param>
    /// <param name="offset">First byte wanted.</param>
    /// <param name="credential">The client's.</param>
    /// <param name="writeAsync">Takes the blob's size, with the first chunk only, and a chunk that is valid until the task ends.</param>
    /// <param name="stopping">Ends the stream.</param>
    public async Task RunAsync(string digest, long offset, ClientCredential credential, Func<long?, ReadOnlyMemory<byte>, Task> writeAsync, CancellationToken stopping)
    {
        var client = tokens.Owner(credential);
        if (blobs.Size(digest) is not { } size || !IsReadable(client, digest))
            throw new FaultException(Fault.BlobNotFound, $"There is no blob {digest} for client '{client}'.");
        if (offset > size)
            throw new FaultException(Fault.OffsetBeyondBlob, $"The offset {offset} is beyond the blob's {size} bytes.");
        var buffer = ArrayPool<byte>.Shared.Rent(ProtocolLimits.ChunkBytes);
        try
        {
            long? announced = size;
            do
            {
                stopping.ThrowIfCancellationRequested();
                var count = offset == size ? 0 : blobs.Read(digest, offset, buffer.AsSpan(0, (int)Math.Min(ProtocolLimits.ChunkBytes, size - offset)));
                await writeAsync(announced, buffer.AsMemory(0, count));
                announced = null;
                offset += count;
                meter.Add(client, count);
                metrics.Bytes("down", count);
            }
            while (offset < size);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    bool IsReadable(string client, string digest) =>
        runs.All.Select(l => l.Current.State).Any(s => s.Spec.Admits(client) && (Names(s.Version, digest) || s.Version.Planning?.Names(client, digest) == true || s.Starts.Values.Any(v => Names(v, digest)) || s.Evaluations.Values.Any(e => Names(e.Target, digest))));

    static bool Names(VersionInfo version, string digest) =>
        digest == version.ManifestDigest || digest == version.SchemaDigest || digest == version.PlanDigest 
        || version.Groups.Any(g => g.Digest == digest) || version.Offsets.Any(o => o.Digest == digest);
}
