using System.Collections.Concurrent;
using Federated.Server.Faults;
using Federated.Server.Fleet;
using Federated.Server.Storage;
using Federated.Server.Storage.Rows;

namespace Federated.Server.Identity;

/// <summary>
/// One-time invitations. A token names one client id, and the authority by its fingerprint, so that a site that holds the token knows whom to
/// trust before anything was exchanged: fedjoin_ID_SECRET_FINGERPRINT.
/// </summary>
sealed class JoinTokens(IRunStore store, OperatorRows rows, ClientCertificates certificates, IdentityOptions options, TimeProvider time) : IDisposable
{
    public const int MaxTokens = 20_000;
    const string Prefix = "fedjoin";

    static readonly FaultException Refused = new(Fault.JoinTokenRefused, "The join token is unknown, expired, used or revoked.");

    readonly ConcurrentDictionary<string, JoinTokenRow> _tokens = new(StringComparer.Ordinal);
    readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>By the time of creation.</summary>
    public IReadOnlyList<JoinTokenRow> All => [.. _tokens.Values.OrderBy(t => t.CreatedMs).ThenBy(t => t.Id, StringComparer.Ordinal)];

    public async Task LoadAsync(CancellationToken stopping)
    {
        foreach (var row in await rows.JoinTokensAsync(stopping))
            _tokens[row.Id] = row;
    }

    /// <summary>open, used, expired or revoked.</summary>
    public string StateOf(JoinTokenRow row) => row switch
    {
        { UsedMs: not null } => "used",
        { RevokedMs: not null } => "revoked",
        _ => Now() >= row.ExpiresMs ? "expired" : "open",
    };

    /// <exception cref="FaultException">A value is out of its range, or the server has no authority.</exception>
    public async Task<(JoinTokenRow Row, string Token)> CreateAsync(string client, double hours, string createdBy, CancellationToken stopping)
    {
        var authority = certificates.Authority ?? throw new FaultException(Fault.TlsFolderUnusable, "The server runs without --tls and has no authority; clients on its own machine need no token.");
        if (!ClientIds.IsValid(client))
            throw new FaultException(Fault.ClientIdInvalid, $"The client id '{Names.Shorten(client)}' is not {ClientIds.Rule}.");
        if (!(hours > 0 && hours <= options.MaxTokenLifetime.TotalHours))
            throw new FaultException(Fault.ValueInvalid, $"The token's hours are {hours}; more than 0 and at most {options.MaxTokenLifetime.TotalHours} are allowed.");
        if (_tokens.Count >= MaxTokens)
            throw new FaultException(Fault.ValueInvalid, $"There are {_tokens.Count} join tokens, {MaxTokens} is the limit.");
        var (id, secret) = Secrets.Create();
        var row = new JoinTokenRow
        {
            Id = id, SecretHash = Secrets.Hash(secret), Client = client, CreatedBy = createdBy, CreatedMs = Now(), ExpiresMs = Now() + (long)(hours * TimeSpan.MillisecondsPerHour),
        };
        await store.CommitAsync([RowChange.Add(row)], stopping);
        _tokens[id] = row;
        return (row, $"{Prefix}_{id}_{secret}_{authority.Fingerprint}");
    }

    /// <exception cref="FaultException">There is no such token.</exception>
    public async Task<JoinTokenRow> RevokeAsync(string id, CancellationToken stopping)
    {
        await _one.WaitAsync(stopping);
        try
        {
            var row = _tokens.GetValueOrDefault(id) ?? throw new FaultException(Fault.KeyNotFound, $"There is no join token '{Names.Shorten(id)}'.");
            if (row.UsedMs is not null || row.RevokedMs is not null)
                return row;
            row = row with { RevokedMs = Now() };
            await store.CommitAsync([RowChange.Update(row)], stopping);
            return _tokens[id] = row;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Uses the token up and issues a certificate, both or neither.</summary>
    /// <exception cref="FaultException">The token or the signing request is refused; nothing was changed.</exception>
    public async Task<(string Client, string Certificate)> EnrolAsync(string token, string requestPem, CancellationToken stopping)
    {
        if (Secrets.Split(token, Prefix, 3) is not [var id, var secret, _])
            throw Refused;
        await _one.WaitAsync(stopping);
        try
        {
            if (!_tokens.TryGetValue(id, out var row) || !Secrets.Matches(secret, row.SecretHash) || StateOf(row) != "open")
                throw Refused;
            var used = row with { UsedMs = Now() };
            using var certificate = await certificates.IssueAsync(requestPem, row.Client, ($"join-token:{id}", "enrol"), [RowChange.Update(used)], stopping);
            _tokens[id] = used;
            return (row.Client, certificate.ExportCertificatePem());
        }
        finally
        {
            _one.Release();
        }
    }

    long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    public void Dispose() => _one.Dispose();
}
