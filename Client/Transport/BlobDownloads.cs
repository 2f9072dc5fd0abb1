using System.Runtime.CompilerServices;
using Federated.Client.Devices;
using Federated.Client.Storage;

namespace Federated.Client.Transport;

/// <summary>Blobs over the wire.</summary>
sealed class BlobDownloads(ICoordinatorTransport transport, LinkMeter link, TimeProvider time) : IBlobSource
{
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(string digest, long offset, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (began, bytes) = (time.GetTimestamp(), 0L);
        await foreach (var chunk in transport.Download(ProtoMapping.Download(digest, offset), cancellation))
        {
            bytes += chunk.Data.Length;
            yield return chunk.Data.Memory;
        }
        link.AddDown(bytes, time.GetElapsedTime(began));
    }
}
