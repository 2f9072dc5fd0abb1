using Federated.Protos.V1;

namespace Federated.Client.Transport.InProcess;

/// <summary>The coordinator's side of each call. A handler refuses by throwing <see cref="LinkException"/>.</summary>
public sealed record InProcessHandlers(
    Func<IMessageStream<ServerMessage, ClientMessage>, CancellationToken, Task> Connect,
    Func<IMessageStream<UploadReply, UploadFrame>, CancellationToken, Task> Upload,
    Func<DownloadRequest, CancellationToken, IAsyncEnumerable<BlobChunk>> Download);
