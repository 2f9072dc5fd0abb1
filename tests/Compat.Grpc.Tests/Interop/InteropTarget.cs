using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Testing;

namespace Compat.Grpc.Tests.Interop;

/// <summary>Our client towards a peer's server.</summary>
public sealed class InteropTarget : IDisposable
{
    readonly FlagRecorder _recorder = new();

    public InteropTarget(int port)
    {
        Channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}", new GrpcChannelOptions { HttpHandler = _recorder });
        Client = new TestService.TestServiceClient(Channel);
    }

    public GrpcChannel Channel { get; }

    public TestService.TestServiceClient Client { get; }

    /// <summary>The compressed flag of the last response's first message, as it came over the wire.</summary>
    public bool LastResponseWasCompressed => _recorder.LastFlag == 1;

    public CallOptions Options(Metadata? headers = null) => new(headers, DateTime.UtcNow.AddSeconds(20));

    public void Dispose()
    {
        Channel.Dispose();
        _recorder.Dispose();
    }

    sealed class FlagRecorder() : DelegatingHandler(new SocketsHttpHandler())
    {
        public byte? LastFlag { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (request.RequestUri!.AbsolutePath.EndsWith("/UnaryCall", StringComparison.Ordinal))
                LastFlag = (await response.Content.ReadAsByteArrayAsync(cancellationToken)).Cast<byte?>().FirstOrDefault();
            return response;
        }
    }
}
