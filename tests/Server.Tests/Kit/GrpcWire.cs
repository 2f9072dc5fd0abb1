using Federated.Protos.V1;
using Federated.Server.Transport.Seam;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Server.Tests.Kit;

/// <summary>Two connections, as the protocol asks: an upload must not starve a push.</summary>
sealed class GrpcWire(string address, Func<HttpMessageHandler>? handler = null) : IWire, IDisposable
{
    readonly GrpcChannel _control = GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = handler?.Invoke() });
    readonly GrpcChannel _bulk = GrpcChannel.ForAddress(address, new GrpcChannelOptions { MaxReceiveMessageSize = 1 << 20, HttpHandler = handler?.Invoke() });

    public IMessageStream<ServerMessage, ClientMessage> Connect(string token, CancellationToken stopping)
    {
        var call = new Coordination.CoordinationClient(_control).Connect(Token(token), cancellationToken: stopping);
        return new CallStream<ServerMessage, ClientMessage>(call.ResponseStream, call.RequestStream);
    }

    public async Task<UploadOutcome> UploadAsync(string token, UploadOpen open, byte[] bytes, CancellationToken stopping)
    {
        using var call = new AdapterTransfer.AdapterTransferClient(_bulk).Upload(Token(token), cancellationToken: stopping);
        return await UploadDriver.RunAsync(new CallStream<UploadReply, UploadFrame>(call.ResponseStream, call.RequestStream), call.RequestStream.CompleteAsync, open, bytes, stopping);
    }

    public async Task<byte[]> DownloadAsync(string token, byte[] digest, CancellationToken stopping)
    {
        using var call = new AdapterTransfer.AdapterTransferClient(_bulk).Download(new DownloadRequest { Digest = ByteString.CopyFrom(digest) }, Token(token), cancellationToken: stopping);
        using var bytes = new MemoryStream();
        while (await call.ResponseStream.MoveNext(stopping))
            call.ResponseStream.Current.Data.WriteTo(bytes);
        return bytes.ToArray();
    }

    public void Dispose()
    {
        _control.Dispose();
        _bulk.Dispose();
    }

    static Metadata Token(string token) => new() { { "authorization", $"Bearer {token}" } };

    sealed class CallStream<TIn, TOut>(IAsyncStreamReader<TIn> reader, IClientStreamWriter<TOut> writer) : IMessageStream<TIn, TOut> where TIn : class
    {
        public async Task<TIn?> ReadAsync(CancellationToken stopping) => await reader.MoveNext(stopping) ? reader.Current : null;

        public Task WriteAsync(TOut message, CancellationToken stopping) => writer.WriteAsync(message, stopping);
    }
}
