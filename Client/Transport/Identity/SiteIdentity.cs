using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Federated.Client.Faults;
using Federated.Client.Storage;

namespace Federated.Client.Transport.Identity;

/// <summary>
/// A site's certificate with its key, and the authority that the coordinator's certificate must be under. The key is made here and never
/// leaves; certificate and key lie in one file, so that a renewal replaces both or neither.
/// </summary>
public sealed class SiteIdentity : IDisposable
{
    readonly string _folder;
    readonly X509Certificate2 _authority;
    volatile X509Certificate2 _current;

    SiteIdentity(string folder, X509Certificate2 authority, X509Certificate2 current) => (_folder, _authority, _current) = (folder, authority, current);

    /// <summary>The client id that the certificate stands for.</summary>
    public string ClientId => _current.GetNameInfo(X509NameType.SimpleName, forIssuer: false);

    /// <summary>End of the certificate's life.</summary>
    public DateTimeOffset Expires => _current.NotAfter.ToUniversalTime();

    /// <summary>The proxy on the way to the coordinator; null goes directly.</summary>
    public System.Net.IWebProxy? Proxy { get; init; }

    /// <summary>Opens what <see cref="Enrolment"/> wrote into a state folder.</summary>
    /// <exception cref="ClientFault">F531: there is none, or it cannot be read.</exception>
    public static SiteIdentity Open(string state, Uri? proxy = null)
    {
        try
        {
            return new SiteIdentity(state, X509CertificateLoader.LoadCertificateFromFile(AuthorityFile(state)), X509Certificate2.CreateFromPemFile(IdentityFile(state)))
            {
                Proxy = SiteProxy.At(proxy),
            };
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw ClientFaults.NoCertificate(state, e.Message, e);
        }
    }

    /// <summary>Writes a new certificate with its key, and the authority beside.</summary>
    internal static void Write(string state, string certificatePem, AsymmetricAlgorithm key, string authorityPem)
    {
        DurableFiles.Write(AuthorityFile(state), System.Text.Encoding.ASCII.GetBytes(authorityPem));
        DurableFiles.Write(IdentityFile(state), System.Text.Encoding.ASCII.GetBytes($"{certificatePem}\n{key.ExportPkcs8PrivateKeyPem()}\n"), secret: true);
    }

    /// <summary>Whether a third or less of the certificate's life is left.</summary>
    public bool IsRenewalDue(DateTimeOffset now) => now >= Expires - (Expires - _current.NotBefore.ToUniversalTime()) / 3;

    /// <summary>How connections to the coordinator are made; those made after a renewal show the new certificate.</summary>
    public SslClientAuthenticationOptions Options() => new()
    {
        CertificateChainPolicy = Trust(_authority),
        LocalCertificateSelectionCallback = (_, _, _, _, _) => _current,
    };

    /// <summary>Asks for a new certificate with a new key, by the present one.</summary>
    /// <exception cref="LinkException">The coordinator does not answer, or refuses.</exception>
    public async Task RenewAsync(Uri server, CancellationToken cancellation)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var issued = await Enrolment.RequestAsync(server, "api/v1/renew", (Options(), Proxy), new { request = Enrolment.Request(key) }, http2: true, cancellation);
        Write(_folder, issued.Certificate, key, issued.Authority);
        _current = X509Certificate2.CreateFromPemFile(IdentityFile(_folder));
    }

    internal static X509ChainPolicy Trust(X509Certificate2 authority)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.Add(authority);
        return policy;
    }

    static string IdentityFile(string state) => Path.Combine(state, "identity.pem");

    static string AuthorityFile(string state) => Path.Combine(state, "authority.pem");

    public void Dispose()
    {
        _current.Dispose();
        _authority.Dispose();
    }
}
