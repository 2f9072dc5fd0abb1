using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Federated.Server.Identity;
using Federated.Server.Operator;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Federated.Server.Hosting;

/// <summary>The two ports. One clear-text port cannot speak both HTTP/1.1 and HTTP/2, and only clients are asked for a certificate.</summary>
sealed class Listeners
{
    ListenOptions? _http;
    ListenOptions? _grpc;

    /// <summary>As bound; where 0 was asked for, the port that the system chose.</summary>
    public int HttpPort => _http?.IPEndPoint?.Port ?? 0;

    public int GrpcPort => _grpc?.IPEndPoint?.Port ?? 0;

    public void Configure(KestrelServerOptions kestrel, ServerArguments arguments, OperatorOptions limits, ServerCertificates? certificates)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 << 10;
        kestrel.Limits.MaxRequestHeaderCount = 64;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(limits.HeadSeconds);
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(limits.BodyBytesPerSecond, TimeSpan.FromSeconds(limits.BodyGraceSeconds));
        kestrel.Limits.Http2.MaxStreamsPerConnection = 100;
        kestrel.Limits.Http2.InitialConnectionWindowSize = 4 << 20;
        kestrel.Limits.Http2.InitialStreamWindowSize = 1 << 20;
        var address = IPAddress.Parse(arguments.Listen);
        kestrel.Listen(address, arguments.HttpPort, o =>
        {
            (_http = o).Protocols = HttpProtocols.Http1;
            if (certificates is not null)
                o.UseHttps(Https(certificates.Server));
        });
        kestrel.Listen(address, arguments.GrpcPort, o =>
        {
            (_grpc = o).Protocols = HttpProtocols.Http2;
            if (certificates is not null)
                o.UseHttps(WithClients(Https(certificates.Server), certificates.Authority));
        });
    }

    static HttpsConnectionAdapterOptions Https(X509Certificate2 certificate) => new() { ServerCertificate = certificate, SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 };

    // A certificate of another authority ends here; one of ours that is expired or revoked is refused call by call, with a code that says so.
    static HttpsConnectionAdapterOptions WithClients(HttpsConnectionAdapterOptions https, CertificateAuthority authority)
    {
        https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
        https.ClientCertificateValidation = (certificate, _, _) => authority.Signed(certificate);
        return https;
    }
}
