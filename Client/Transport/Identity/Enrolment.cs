using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Federated.Client.Faults;

namespace Federated.Client.Transport.Identity;

/// <summary>
/// Turns a join token into a certificate. The token names the authority by its fingerprint, so that the coordinator is known before anything
/// secret is sent to it: first the authority's certificate is fetched from whoever answers and compared, then everything else goes over a
/// connection that is under it.
/// </summary>
public static class Enrolment
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Makes a key, has it signed and keeps both in the state folder. Returns the client id that the token names.</summary>
    /// <param name="server">REST address of the coordinator, https.</param>
    /// <param name="token">As `federated tokens create` printed it.</param>
    /// <param name="state">The client's state folder; made if it is not there.</param>
    /// <param name="proxy">The proxy on the way; null goes directly.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="ClientFault">F541: the coordinator refuses, or is not the one that the token names; F540: it does not answer.</exception>
    public static async Task<string> RunAsync(Uri server, string token, string state, IWebProxy? proxy, CancellationToken cancellation)
    {
        if (token.Split('_') is not ["fedjoin", _, _, { Length: 64 } fingerprint])
            throw ClientFaults.Refused(server.ToString(), "the join token does not have the form fedjoin_ID_SECRET_FINGERPRINT.");
        using var held = Storage.ClientState.Open(state);
        try
        {
            using var authority = await AuthorityAsync(server, fingerprint, proxy, cancellation);
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var trusted = new SslClientAuthenticationOptions { CertificateChainPolicy = SiteIdentity.Trust(authority) };
            var issued = await RequestAsync(server, "api/v1/enrol", (trusted, proxy), new { token, request = Request(key) }, http2: false, cancellation);
            SiteIdentity.Write(state, issued.Certificate, key, authority.ExportCertificatePem());
            return issued.Client;
        }
        catch (LinkException e) when (e.Failure == LinkFailure.Unavailable)
        {
            throw ClientFaults.Unreachable(server.ToString(), e.Message);
        }
        catch (LinkException e)
        {
            throw ClientFaults.Refused(server.ToString(), e.Message);
        }
    }

    /// <summary>A PKCS#10 request for a key, in PEM. Names in it would not be looked at.</summary>
    internal static string Request(ECDsa key) => new CertificateRequest("CN=site", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();

    internal static async Task<Issued> RequestAsync(Uri server, string path, (SslClientAuthenticationOptions, IWebProxy?) way, object body, bool http2, CancellationToken cancellation)
    {
        using var http = Open(server, way);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (http2)
            (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        return await AskAsync(async () =>
        {
            using var answer = await http.SendAsync(request, cancellation);
            await EnsureAsync(answer, cancellation);
            return await answer.Content.ReadFromJsonAsync<Issued>(cancellation) ?? throw new JsonException("The answer is null.");
        });
    }

    // Whoever answers here is not known yet, and nothing is told to it.
    static async Task<X509Certificate2> AuthorityAsync(Uri server, string fingerprint, IWebProxy? proxy, CancellationToken cancellation)
    {
        using var http = Open(server, (new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true }, proxy));
        var certificate = await AskAsync(async () =>
        {
            using var answer = await http.GetAsync("api/v1/authority", cancellation);
            await EnsureAsync(answer, cancellation);
            return X509Certificate2.CreateFromPem(await answer.Content.ReadAsStringAsync(cancellation));
        });
        if (Convert.ToHexStringLower(SHA256.HashData(certificate.RawData)) == fingerprint)
            return certificate;
        using (certificate)
            throw new LinkException(LinkFailure.Refused, "its authority is not the one that the join token names; somebody may be in between.");
    }

    static HttpClient Open(Uri server, (SslClientAuthenticationOptions Tls, IWebProxy? Proxy) way) =>
        new(new SocketsHttpHandler { SslOptions = way.Tls, UseProxy = way.Proxy is not null, Proxy = way.Proxy, ConnectTimeout = TimeSpan.FromSeconds(10) }) { BaseAddress = server, Timeout = Limit, MaxResponseContentBufferSize = 1 << 20 };

    static async Task EnsureAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        if (answer.IsSuccessStatusCode)
            return;
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        throw new LinkException(LinkFailure.Refused, answer.Content.Headers.ContentType?.MediaType == "application/problem+json" && JsonDocument.Parse(text).RootElement is var problem
            ? $"{problem.GetProperty("code")}: {problem.GetProperty("detail")}"
            : $"it answered {(int)answer.StatusCode}.");
    }

    static async Task<T> AskAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or CryptographicException)
        {
            throw new LinkException(LinkFailure.Unavailable, e.InnerException is System.Security.Authentication.AuthenticationException inner ? $"{e.Message} {inner.Message}" : e.Message, e);
        }
    }

    internal sealed record Issued(string Client, string Certificate, string Authority);
}
