using Federated.Protos.V1;
using Federated.Server.Transport.Seam;
using Google.Protobuf;

namespace Server.Tests.Kit;

sealed class InProcessWire(InProcessTransport transport) : IWire
{
    public IMessageStream<ServerMessage, ClientMessage> Connect(string token, CancellationToken stopping) => transport.Connect(token, stopping);

    public Task<UploadOutcome> UploadAsync(string token, UploadOpen open, byte[] bytes, CancellationToken stopping)
    {
        var stream = transport.Upload(token, out var complete, stopping);
        return UploadDriver.RunAsync(stream, () => { complete(); return Task.CompletedTask; }, open, bytes, stopping);
    }

    public async Task<byte[]> DownloadAsync(string token, byte[] digest, CancellationToken stopping)
    {
        using var bytes = new MemoryStream();
        await transport.DownloadAsync(
            new DownloadRequest { Digest = ByteString.CopyFrom(digest) }, token, chunk => { chunk.Data.WriteTo(bytes); return Task.CompletedTask; }, stopping);
        return bytes.ToArray();
    }
}
