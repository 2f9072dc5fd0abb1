using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Federated.Cli.Terminal;

namespace Federated.Cli.Rest;

/// <summary>Where the coordinator is, whom it is trusted as, and who asks.</summary>
/// <param name="Server">Its REST address.</param>
/// <param name="Key">An API key; null on loopback.</param>
/// <param name="Authority">The file of the authority that its certificate must be under; null for those the system trusts.</param>
sealed record RestAccess(Uri Server, string? Key = null, string? Authority = null)
{
    public HttpClient Open()
    {
        var handler = new SocketsHttpHandler { UseProxy = !Server.IsLoopback, UseCookies = false };
        if (Authority is not null)
            handler.SslOptions.CertificateChainPolicy = Trust(Authority);
        var http = new HttpClient(handler) { BaseAddress = Server };
        if (Key is not null)
            http.DefaultRequestHeaders.Authorization = new("Bearer", Key);
        return http;
    }

    static X509ChainPolicy Trust(string file)
    {
        try
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPemFile(file);
            return policy;
        }
        catch (CryptographicException e)
        {
            throw new CommandException("F560", $"'{file}' holds no certificate in PEM: {e.Message}", ExitCode.Environment);
        }
    }
}
