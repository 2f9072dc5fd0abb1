using System.Runtime.CompilerServices;
using Federated.Client.Storage;

namespace Federated.Client.Transport;

/// <summary>Blobs over the wire.</summary>
sealed class BlobDownloads(ICoordinatorTransport transport) : IBlobSource
{
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(string digest, long offset, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var chunk in transport.Download(ProtoMapping.Download(digest, offset), cancellation))
            yield return chunk.Data.Memory;
    }
}
