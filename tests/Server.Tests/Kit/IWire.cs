using Federated.Protos.V1;
using Federated.Server.Transport.Seam;

namespace Server.Tests.Kit;

/// <summary>How a test's client reaches the server: in process, or over gRPC.</summary>
interface IWire
{
    IMessageStream<ServerMessage, ClientMessage> Connect(string token, CancellationToken stopping);

    Task<UploadOutcome> UploadAsync(string token, UploadOpen open, byte[] bytes, CancellationToken stopping);

    Task<byte[]> DownloadAsync(string token, byte[] digest, CancellationToken stopping);
}
