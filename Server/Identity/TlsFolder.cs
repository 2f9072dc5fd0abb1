using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Federated.Server.Faults;

namespace Federated.Server.Identity;

/// <summary>The folder of `--tls`: the federation's own authority, and the server's certificate under it. Keys are readable by their owner only.</summary>
public static class TlsFolder
{
    public const string AuthorityFile = "ca.pem";
    const string AuthorityKey = "ca.key";
    const string ServerFile = "server.pem";
    const string ServerKey = "server.key";
    const int AuthorityDays = 3_653;
    const int ServerDays = 397;

    /// <summary>Makes an authority and a server certificate for the given host names and addresses.</summary>
    /// <exception cref="IOException">The folder has an authority already, or cannot be written.</exception>
    public static void Create(string folder, string name, IReadOnlyList<string> hosts, DateTimeOffset now)
    {
        Directory.CreateDirectory(folder);
        if (File.Exists(At(folder, AuthorityKey)))
            throw new IOException($"'{folder}' has an authority already; clients trust it, so it is not replaced. Remove the folder if that is meant.");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var authority = request.CreateSelfSigned(now - CertificateAuthority.Slack, now.AddDays(AuthorityDays));
        Write(folder, AuthorityKey, key.ExportPkcs8PrivateKeyPem(), secret: true);
        Write(folder, AuthorityFile, authority.ExportCertificatePem(), secret: false);
        IssueServer(folder, hosts, now);
    }

    /// <summary>Issues the server's certificate anew, for instance before it expires or for another host name.</summary>
    public static void IssueServer(string folder, IReadOnlyList<string> hosts, DateTimeOffset now)
    {
        using var authority = LoadAuthority(folder);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={hosts[0]}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
                names.AddIpAddress(address);
            else
                names.AddDnsName(host);
        }
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        var until = now.AddDays(ServerDays);
        using var certificate = request.Create(authority, now - CertificateAuthority.Slack, until < authority.NotAfter ? until : authority.NotAfter, CertificateAuthority.NewSerial());
        Write(folder, ServerKey, key.ExportPkcs8PrivateKeyPem(), secret: true);
        Write(folder, ServerFile, certificate.ExportCertificatePem(), secret: false);
    }

    /// <exception cref="FaultException">A file is missing, or is no certificate with its key.</exception>
    internal static X509Certificate2 LoadAuthority(string folder) => Load(folder, AuthorityFile, AuthorityKey);

    /// <exception cref="FaultException">A file is missing, or the certificate is expired or does not match its key.</exception>
    internal static X509Certificate2 LoadServer(string folder, DateTimeOffset now)
    {
        var certificate = Load(folder, ServerFile, ServerKey);
        if (certificate.NotAfter.ToUniversalTime() > now)
            return certificate;
        using (certificate)
            throw new FaultException(Fault.TlsFolderUnusable, $"The server's certificate in '{folder}' expired at {certificate.NotAfter.ToUniversalTime():u}; 'federated ca server' issues a new one.");
    }

    static X509Certificate2 Load(string folder, string certificate, string key)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(At(folder, certificate), At(folder, key));
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new FaultException(Fault.TlsFolderUnusable, $"'{At(folder, certificate)}' and '{key}' beside it are no certificate with its key: {e.Message}", e);
        }
    }

    static void Write(string folder, string name, string text, bool secret)
    {
        var path = At(folder, name);
        var temporary = path + ".tmp";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | (secret ? UnixFileMode.None : UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        using (var stream = new StreamWriter(temporary, options))
            stream.Write(text + "\n");
        File.Move(temporary, path, overwrite: true);
    }

    static string At(string folder, string name) => Path.Combine(folder, name);
}
