using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Federated.Server.Hosting;

/// <summary>The two ports. One clear-text port cannot speak both HTTP/1.1 and HTTP/2.</summary>
sealed class Listeners
{
    ListenOptions? _http;
    ListenOptions? _grpc;

    /// <summary>As bound; where 0 was asked for, the port that the system chose.</summary>
    public int HttpPort => _http?.IPEndPoint?.Port ?? 0;

    public int GrpcPort => _grpc?.IPEndPoint?.Port ?? 0;

    public void Configure(KestrelServerOptions kestrel, ServerArguments arguments)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 << 10;
        kestrel.Limits.MaxRequestHeaderCount = 64;
        kestrel.Limits.Http2.MaxStreamsPerConnection = 100;
        kestrel.Limits.Http2.InitialConnectionWindowSize = 4 << 20;
        kestrel.Limits.Http2.InitialStreamWindowSize = 1 << 20;
        kestrel.Listen(IPAddress.Loopback, arguments.HttpPort, o => (_http = o).Protocols = HttpProtocols.Http1);
        kestrel.Listen(IPAddress.Loopback, arguments.GrpcPort, o => (_grpc = o).Protocols = HttpProtocols.Http2);
    }
}
