using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Server.Tests.Kit;

/// <summary>A site's key, made at run time, and the signing request for it.</summary>
sealed class SiteKeys : IDisposable
{
    readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string Request => new CertificateRequest("CN=whatever", _key, HashAlgorithmName.SHA256).CreateSigningRequestPem();

    public X509Certificate2 With(string certificatePem)
    {
        using var bare = X509Certificate2.CreateFromPem(certificatePem);
        return bare.CopyWithPrivateKey(_key);
    }

    public void Dispose() => _key.Dispose();
}
