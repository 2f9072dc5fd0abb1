using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Server.Tests.Kit;

/// <summary>HTTP/2 with a client certificate, on the clients' port.</summary>
static class SiteHttp
{
    public static HttpClient With(X509Certificate2? certificate, string address)
    {
        var handler = Handler(certificate);
        return new HttpClient(handler) { BaseAddress = new Uri(address), DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
    }

    public static SocketsHttpHandler Handler(X509Certificate2? certificate)
    {
        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        if (certificate is not null)
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        return handler;
    }
}
