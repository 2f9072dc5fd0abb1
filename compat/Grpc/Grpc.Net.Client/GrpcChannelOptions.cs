using Grpc.Core;
using Grpc.Core.Wire;
using Grpc.Net.Client.Configuration;
using Grpc.Net.Compression;
using Microsoft.Extensions.Logging;

namespace Grpc.Net.Client;

/// <summary>Settings of a channel.</summary>
public sealed class GrpcChannelOptions
{
    public GrpcChannelOptions() { }

    /// <summary>Default: TLS for an https address, none for http.</summary>
    public ChannelCredentials? Credentials { get; set; }

    /// <summary>Bytes; default and null: no limit.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>Bytes; default 4 MiB, null: no limit.</summary>
    public int? MaxReceiveMessageSize { get; set; } = WireHeaders.DefaultMaxReceiveSize;

    /// <summary>Upper bound on the attempts of every retry policy; default 5.</summary>
    public int? MaxRetryAttempts { get; set; } = 5;

    /// <summary>Bytes of requests one call keeps for a retry; default 1 MiB. A call that sends more is not retried.</summary>
    public long? MaxRetryBufferPerCallSize { get; set; } = 1024 * 1024;

    /// <summary>Default: gzip.</summary>
    public IList<ICompressionProvider>? CompressionProviders { get; set; }

    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>Sends the requests; the place for TLS settings and keep-alive pings. Default: a handler of the channel's own.</summary>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>Whether disposing the channel disposes <see cref="HttpHandler"/>.</summary>
    public bool DisposeHttpClient { get; set; }

    /// <summary>A cancelled or overdue call throws <see cref="OperationCanceledException"/> instead of <see cref="RpcException"/>.</summary>
    public bool ThrowOperationCanceledOnCancellation { get; set; }

    /// <summary>Lets call credentials travel over a connection without TLS.</summary>
    public bool UnsafeUseInsecureChannelCallCredentials { get; set; }

    public ServiceConfig? ServiceConfig { get; set; }
}
