using System.Security.Cryptography.X509Certificates;
using Federated.Server.Faults;
using Federated.Server.Identity;

namespace Federated.Server.Hosting;

/// <summary>What `--tls` names: the server's certificate, and the authority that signs those of clients.</summary>
sealed record ServerCertificates(X509Certificate2 Server, CertificateAuthority Authority) : IDisposable
{
    /// <summary>Null where the server speaks in clear.</summary>
    /// <exception cref="FaultException">The folder cannot be used.</exception>
    public static ServerCertificates? Load(string? folder, TimeProvider time) => folder is null
        ? null
        : new ServerCertificates(TlsFolder.LoadServer(folder, time.GetUtcNow()), new CertificateAuthority(TlsFolder.LoadAuthority(folder)));

    public void Dispose()
    {
        Server.Dispose();
        Authority.Dispose();
    }
}
