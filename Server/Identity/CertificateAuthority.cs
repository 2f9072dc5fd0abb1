using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Federated.Server.Faults;

namespace Federated.Server.Identity;

/// <summary>Signs client certificates. Keys never come here: a site sends a signing request, which proves that it has the key.</summary>
sealed class CertificateAuthority(X509Certificate2 authority) : IDisposable
{
    public const int MaxRequestLength = 16 << 10;
    const string ClientUse = "1.3.6.1.5.5.7.3.2";
    const string NamePrefix = "urn:federated:client:";

    /// <summary>Clocks of sites may be this late.</summary>
    public static TimeSpan Slack { get; } = TimeSpan.FromMinutes(5);

    public string Pem { get; } = authority.ExportCertificatePem();

    /// <summary>SHA-256 of the certificate, by which a site knows the authority that its join token names.</summary>
    public string Fingerprint { get; } = Convert.ToHexStringLower(SHA256.HashData(authority.RawData));

    /// <exception cref="FaultException">The request cannot be read, is not signed by its own key, or the key is too weak.</exception>
    public X509Certificate2 Issue(string requestPem, string client, DateTimeOffset now, TimeSpan lifetime)
    {
        var key = ReadKey(requestPem);
        var request = new CertificateRequest(new X500DistinguishedName($"CN={client}"), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(NamePrefix + client));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ClientUse)], true));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        var until = now + lifetime;
        return request.Create(authority, now - Slack, until < authority.NotAfter ? until : authority.NotAfter, NewSerial());
    }

    /// <summary>Whether this authority signed the certificate, at whatever time.</summary>
    public bool Signed(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientUse));
        return chain.Build(certificate);
    }

    /// <summary>The client id in the certificate's subject alternative name; null where there is none.</summary>
    public static string? ClientOf(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(Uris).FirstOrDefault(u => u.StartsWith(NamePrefix, StringComparison.Ordinal))?[NamePrefix.Length..];

    public static string SerialOf(X509Certificate2 certificate) => certificate.SerialNumber.ToLowerInvariant();

    public static byte[] NewSerial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        // Positive, and of one length.
        serial[0] = (byte)(serial[0] & 0x7f | 0x40);
        return serial;
    }

    // A uniformResourceIdentifier is [6] IA5String (RFC 5280 §4.2.1.6); the class library reads DNS names and addresses only.
    static IEnumerable<string> Uris(X509SubjectAlternativeNameExtension extension)
    {
        var reader = new System.Formats.Asn1.AsnReader(extension.RawData, System.Formats.Asn1.AsnEncodingRules.DER).ReadSequence();
        var tag = new System.Formats.Asn1.Asn1Tag(System.Formats.Asn1.TagClass.ContextSpecific, 6);
        while (reader.HasData)
        {
            if (reader.PeekTag() == tag)
                yield return reader.ReadCharacterString(System.Formats.Asn1.UniversalTagNumber.IA5String, tag);
            else
                reader.ReadEncodedValue();
        }
    }

    static PublicKey ReadKey(string pem)
    {
        if (pem.Length > MaxRequestLength)
            throw new FaultException(Fault.SigningRequestRefused, $"The signing request has {pem.Length} characters; {MaxRequestLength} is the limit.");
        try
        {
            // Loading verifies the signature, which proves possession of the key. What the request says of names is not looked at.
            var key = CertificateRequest.LoadSigningRequestPem(pem, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.Default).PublicKey;
            using var ecdsa = key.GetECDsaPublicKey();
            using var rsa = key.GetRSAPublicKey();
            if (ecdsa is { KeySize: 256 or 384 } || rsa is { KeySize: >= 2_048 and <= 8_192 })
                return key;
            throw new FaultException(Fault.SigningRequestRefused, $"The signing request's key has {ecdsa?.KeySize ?? rsa?.KeySize ?? 0} bits of {key.Oid.FriendlyName}; P-256, P-384 or RSA of 2048 to 8192 bits are taken.");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new FaultException(Fault.SigningRequestRefused, "The signing request is no PKCS#10 request in PEM that its own key signed.", e);
        }
    }

    public void Dispose() => authority.Dispose();
}
