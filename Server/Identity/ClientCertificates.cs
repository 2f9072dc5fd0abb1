using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Federated.Server.Faults;
using Federated.Server.Storage;
using Federated.Server.Storage.Rows;

namespace Federated.Server.Identity;

/// <summary>Every client certificate that was issued, and whether it still counts. Revocation holds from the next call on.</summary>
sealed class ClientCertificates(IRunStore store, OperatorRows rows, AuditTrail audit, IdentityOptions options, TimeProvider time)
{
    readonly ConcurrentDictionary<string, CertificateRow> _issued = new(StringComparer.Ordinal);
    CertificateAuthority? _authority;

    /// <summary>Null where the server runs without TLS.</summary>
    public CertificateAuthority? Authority => _authority;

    public IReadOnlySet<string> Clients => _issued.Values.Select(c => c.Client).ToHashSet(StringComparer.Ordinal);

    public async Task LoadAsync(CertificateAuthority? authority, CancellationToken stopping)
    {
        _authority = authority;
        foreach (var row in await rows.CertificatesAsync(stopping))
            _issued[row.Serial] = row;
    }

    /// <summary>Until when each client's last certificate holds; a client whose certificates are all revoked has null.</summary>
    public IReadOnlyDictionary<string, long?> Expiries() =>
        _issued.Values.GroupBy(c => c.Client, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Where(c => c.RevokedMs is null).Max(c => (long?)c.ExpiresMs), StringComparer.Ordinal);

    /// <summary>The client that a certificate stands for.</summary>
    /// <exception cref="FaultException">It is missing, expired, revoked, or not of this server's authority.</exception>
    public string Identify(X509Certificate2? certificate)
    {
        if (certificate is null)
            throw Refused("There is no client certificate.");
        if (_authority is null || !_authority.Signed(certificate) || !_issued.TryGetValue(CertificateAuthority.SerialOf(certificate), out var row))
            throw Refused("The client certificate is not of this server's authority.");
        if (row.Client != CertificateAuthority.ClientOf(certificate))
            throw Refused("The client certificate names another client than it was issued for.");
        if (row.RevokedMs is not null)
            throw Refused($"The certificate {row.Serial} of client '{row.Client}' is revoked.");
        if (Now() >= row.ExpiresMs)
            throw Refused($"The certificate {row.Serial} of client '{row.Client}' expired at {DateTimeOffset.FromUnixTimeMilliseconds(row.ExpiresMs):u}.");
        return row.Client;
    }

    /// <summary>Issues a certificate, in one transaction with its audit entry and with <paramref name="changes"/>.</summary>
    /// <exception cref="FaultException">The request is refused, or there is no authority; nothing was changed.</exception>
    public async Task<X509Certificate2> IssueAsync(string requestPem, string client, (string Actor, string Action) by, IReadOnlyList<RowChange> changes, CancellationToken stopping)
    {
        var authority = _authority ?? throw new FaultException(Fault.TlsFolderUnusable, "The server runs without --tls and has no authority.");
        var certificate = authority.Issue(requestPem, client, time.GetUtcNow(), options.CertificateLifetime);
        var row = new CertificateRow
        {
            Serial = CertificateAuthority.SerialOf(certificate), Client = client, IssuedMs = Now(),
            ExpiresMs = new DateTimeOffset(certificate.NotAfter.ToUniversalTime()).ToUnixTimeMilliseconds(),
        };
        await audit.AppendAsync(by.Actor, by.Action, client, $"certificate {row.Serial}", [RowChange.Add(row), .. changes], stopping);
        _issued[row.Serial] = row;
        return certificate;
    }

    public async Task RevokeAllAsync(string client, CancellationToken stopping)
    {
        var revoked = _issued.Values.Where(c => c.Client == client && c.RevokedMs is null).Select(c => c with { RevokedMs = Now() }).ToList();
        if (revoked.Count == 0)
            return;
        await store.CommitAsync([.. revoked.Select(RowChange.Update)], stopping);
        foreach (var row in revoked)
            _issued[row.Serial] = row;
    }

    static FaultException Refused(string message) => new(Fault.CertificateRefused, message);

    long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
