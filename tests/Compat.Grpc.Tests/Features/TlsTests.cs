using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Compat.Grpc.Tests.Host;
using Grpc.Core;
using Grpc.Testing;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using static Compat.Grpc.Tests.Host.Calls;

namespace Compat.Grpc.Tests.Features;

public sealed class TlsTests : IDisposable
{
    readonly X509Certificate2 _server = Certificate("localhost", "localhost");
    readonly X509Certificate2 _named = Certificate("site-7", "site-7.example");
    readonly X509Certificate2 _unnamed = Certificate("site-8", null);

    public void Dispose()
    {
        _server.Dispose();
        _named.Dispose();
        _unnamed.Dispose();
    }

    [Theory]
    [InlineData("none", false, "")]
    [InlineData("named", true, "x509_subject_alternative_name=site-7.example")]
    [InlineData("unnamed", true, "x509_common_name=site-8")]
    public async Task ClientCertificate_Presented_IdentifiesThePeer(string client, bool isAuthenticated, string identity)
    {
        AuthContext? seen = null;
        var service = new ScriptedService
        {
            Unary = (_, context) =>
            {
                seen = context.AuthContext;
                return Task.FromResult(new SimpleResponse());
            },
        };
        await using var host = await HostAsync(service, ClientCertificateMode.AllowCertificate);
        using var handler = Handler(client switch { "named" => _named, "unnamed" => _unnamed, _ => null });
        using var channel = host.Channel(options => options.HttpHandler = handler);
        await channel.Client().UnaryCallAsync(new SimpleRequest(), Options);
        Assert.Equal((isAuthenticated, identity), (seen!.IsPeerAuthenticated, string.Concat(seen.PeerIdentity.Select(property => $"{property.Name}={property.Value}"))));
    }

    [Fact]
    public async Task Handshake_ServerNotTrusted_IsInternal()
    {
        await using var host = await HostAsync(new ScriptedService(), ClientCertificateMode.NoCertificate);
        using var handler = Handler(null, trustsServer: false);
        using var channel = host.Channel(options => options.HttpHandler = handler);
        Assert.Equal(StatusCode.Internal, await CodeOfAsync(() => channel.Client().UnaryCallAsync(new SimpleRequest(), Options).ResponseAsync));
    }

    [Fact]
    public async Task Handshake_ClientCertificateMissing_FailsBeforeTheHandler()
    {
        var calls = 0;
        await using var host = await HostAsync(
            new ScriptedService { Unary = (_, _) => Task.FromResult(new SimpleResponse { Payload = Payload(++calls) }) }, ClientCertificateMode.RequireCertificate);
        using var handler = Handler(null);
        using var channel = host.Channel(options => options.HttpHandler = handler);
        var code = await CodeOfAsync(() => channel.Client().UnaryCallAsync(new SimpleRequest(), Options).ResponseAsync);
        // TLS 1.3 refuses after the client's part of the handshake: the alert meets either the handshake or the first read.
        Assert.Contains(code, new[] { StatusCode.Unavailable, StatusCode.Internal });
        Assert.Equal(0, calls);
    }

    [Fact]
    public async Task CallCredentials_OverTls_AddTheirHeaders()
    {
        string? seen = null;
        var service = new ScriptedService
        {
            Unary = (_, context) =>
            {
                seen = string.Join(' ', new[] { "authorization", "x-first", "x-second" }.Select(context.RequestHeaders.GetValue));
                return Task.FromResult(new SimpleResponse());
            },
        };
        await using var host = await HostAsync(service, ClientCertificateMode.NoCertificate);
        using var handler = Handler(null);
        using var channel = host.Channel(options =>
        {
            options.HttpHandler = handler;
            options.Credentials = ChannelCredentials.Create(ChannelCredentials.SecureSsl, Adding("authorization", "Bearer one"));
        });
        var perCall = CallCredentials.Compose(Adding("x-first", "two"), Adding("x-second", "three"));
        await channel.Client().UnaryCallAsync(new SimpleRequest(), Options.WithCredentials(perCall));
        Assert.Equal("Bearer one two three", seen);
    }

    [Fact]
    public void ForAddress_CredentialsAgainstScheme_IsRefused()
    {
        Assert.Throws<InvalidOperationException>(() => global::Grpc.Net.Client.GrpcChannel.ForAddress("http://localhost", new() { Credentials = ChannelCredentials.SecureSsl }));
        Assert.Throws<InvalidOperationException>(() => global::Grpc.Net.Client.GrpcChannel.ForAddress("https://localhost", new() { Credentials = ChannelCredentials.Insecure }));
    }

    static CallCredentials Adding(string key, string value) => CallCredentials.FromInterceptor((context, metadata) =>
    {
        Assert.EndsWith("/grpc.testing.TestService", context.ServiceUrl, StringComparison.Ordinal);
        metadata.Add(key, value);
        return Task.CompletedTask;
    });

    Task<GrpcHost> HostAsync(ScriptedService service, ClientCertificateMode mode) => service.HostAsync(listen: endpoint => endpoint.UseHttps(https =>
    {
        https.ServerCertificate = _server;
        https.ClientCertificateMode = mode;
        https.ClientCertificateValidation = (certificate, _, _) => certificate.Subject.StartsWith("CN=site-", StringComparison.Ordinal);
    }));

    SocketsHttpHandler Handler(X509Certificate2? client, bool trustsServer = true) => new()
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            ClientCertificates = client is null ? null : [client],
            RemoteCertificateValidationCallback = (_, certificate, _, _) => trustsServer && certificate!.GetCertHashString() == _server.GetCertHashString(),
        },
    };

    static X509Certificate2 Certificate(string commonName, string? dnsName)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256);
        if (dnsName is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(dnsName);
            request.CertificateExtensions.Add(names.Build());
        }
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
