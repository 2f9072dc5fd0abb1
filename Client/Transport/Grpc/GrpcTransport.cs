using System.Diagnostics;
using System.Runtime.CompilerServices;
using Federated.Client.Transport.Identity;
using Federated.Protos.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace Federated.Client.Transport.Grpc;

/// <summary>The wire over HTTP/2: one connection for control, another for bulk, so that an upload never delays a push.</summary>
public sealed class GrpcTransport : ICoordinatorTransport
{
    /// <summary>A frame is at most 256 KiB of data, a header at most 1 MiB; twice that leaves room for the rest.</summary>
    const int MaximumMessageBytes = 2 << 20;

    /// <summary>As much as the coordinator lets a client send ahead.</summary>
    const int StreamWindowBytes = 1 << 20;

    readonly GrpcChannel _control, _bulk;
    readonly string _authorization;

    /// <param name="server">Address of the coordinator.</param>
    /// <param name="token">This client's token, sent with every call.</param>
    /// <param name="identity">The certificate to show where the address is https; null without TLS.</param>
    public GrpcTransport(Uri server, string token, SiteIdentity? identity = null)
    {
        Peer = server.GetLeftPart(UriPartial.Authority);
        _authorization = $"Bearer {token}";
        _control = Channel(server, identity);
        _bulk = Channel(server, identity);
    }

    public string Peer { get; }

    public IMessageStream<ClientMessage, ServerMessage> Connect(CancellationToken cancellation) =>
        new GrpcMessageStream<ClientMessage, ServerMessage>(new Coordination.CoordinationClient(_control).Connect(Options(cancellation)));

    public IMessageStream<UploadFrame, UploadReply> Upload(CancellationToken cancellation) =>
        new GrpcMessageStream<UploadFrame, UploadReply>(new AdapterTransfer.AdapterTransferClient(_bulk).Upload(Options(cancellation)));

    public async IAsyncEnumerable<BlobChunk> Download(DownloadRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var call = new AdapterTransfer.AdapterTransferClient(_bulk).Download(request, Options(cancellation));
        while (await GrpcFailures.Translate(() => call.ResponseStream.MoveNext(cancellation), cancellation))
            yield return call.ResponseStream.Current;
    }

    public async ValueTask DisposeAsync()
    {
        await _control.ShutdownAsync();
        await _bulk.ShutdownAsync();
        _control.Dispose();
        _bulk.Dispose();
    }

    // The span of what the call is made for goes with it. The HTTP stack would name a span of its own there, which nobody exports.
    CallOptions Options(CancellationToken cancellation)
    {
        var metadata = new Metadata { { "authorization", _authorization } };
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } parent })
            metadata.Add("traceparent", parent);
        return new(metadata, cancellationToken: cancellation);
    }

    static GrpcChannel Channel(Uri server, SiteIdentity? identity) => GrpcChannel.ForAddress(server, new GrpcChannelOptions
    {
        MaxReceiveMessageSize = MaximumMessageBytes,
        MaxSendMessageSize = MaximumMessageBytes,
        HttpHandler = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(10),
            ActivityHeadersPropagator = null,
            // From 64 KiB the window would have to grow anew in every call: a download of half a megabyte waited seven times for leave to go on.
            InitialHttp2StreamWindowSize = StreamWindowBytes,
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            // New calls move to a new connection now and then, so that a renewed certificate comes into use before the old one expires.
            PooledConnectionLifetime = identity is null ? Timeout.InfiniteTimeSpan : TimeSpan.FromHours(1),
            SslOptions = identity?.Options() ?? new(),
            // A proxy named by the environment is for the internet, not for a coordinator that the administrator wrote down; the site's own is.
            UseProxy = identity?.Proxy is not null,
            Proxy = identity?.Proxy,
        },
        DisposeHttpClient = true,
    });
}
