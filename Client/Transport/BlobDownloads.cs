using System.Runtime.CompilerServices;
using Federated.Client.Devices;
using Federated.Client.Storage;

namespace Federated.Client.Transport;

/// <summary>Blobs over the wire.</summary>
sealed class BlobDownloads(ICoordinatorTransport transport, LinkMeter link, TimeProvider time) : IBlobSource
{
    public async IAsyncEnumerable<BlobPiece> ReadAsync(IReadOnlyList<BlobRange> blobs, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (began, bytes) = (time.GetTimestamp(), 0L);
        await foreach (var chunk in transport.Download(ProtoMapping.Download(blobs), cancellation))
        {
            bytes += chunk.Data.Length;
            yield return new BlobPiece((int)Math.Min(chunk.Blob, int.MaxValue), chunk.Data.Memory);
        }
        link.AddDown(bytes, time.GetElapsedTime(began));
    }
}
