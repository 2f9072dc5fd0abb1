using Federated.Protos.V1;

namespace Federated.Client.Transport;

/// <summary>The calls of the wire, as streams of its messages.</summary>
public interface ICoordinatorTransport : IAsyncDisposable
{
    /// <summary>The coordinator, for people.</summary>
    string Peer { get; }

    IMessageStream<ClientMessage, ServerMessage> Connect(CancellationToken cancellation);

    IMessageStream<UploadFrame, UploadReply> Upload(CancellationToken cancellation);

    IAsyncEnumerable<BlobChunk> Download(DownloadRequest request, CancellationToken cancellation);
}
