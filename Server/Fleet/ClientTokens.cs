using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Federated.Server.Faults;
using Federated.Server.Storage;
using Federated.Server.Storage.Rows;

namespace Federated.Server.Fleet;

/// <summary>
/// Whether a client is who it says. On loopback by trust on first use: the first token that a client id shows is registered, by its hash, and
/// no other is taken after. Elsewhere its certificate said it already. A client that an admin revoked is nobody.
/// </summary>
sealed class ClientTokens(IRunStore store, ClientStandings standings, TimeProvider time, ILogger<ClientTokens> logger) : IDisposable
{
    const int MaxTokenLength = 256;

    readonly ConcurrentDictionary<string, byte[]> _hashes = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, string> _owners = new(StringComparer.Ordinal);
    readonly SemaphoreSlim _registering = new(1, 1);

    public bool Knows(string client) => _hashes.ContainsKey(client);

    public IReadOnlyCollection<string> Known => [.. _hashes.Keys.Order(StringComparer.Ordinal)];

    public async Task LoadAsync(CancellationToken stopping)
    {
        foreach (var client in await store.ClientsAsync(stopping))
            Remember(client.Id, Convert.FromHexString(client.TokenHash));
    }

    /// <summary>Null when the credential belongs to the client id, whose token is registered by the call when it is new.</summary>
    public async Task<Refusal?> CheckAsync(string client, ClientCredential credential, CancellationToken stopping)
    {
        if (standings.Refuses(client) is { } revoked)
            return revoked;
        if (credential.Certified is { } certified)
            return certified == client ? null : new Refusal(Fault.CertificateRefused, $"The certificate stands for client '{certified}', not for '{client}'.");
        var token = credential.Token;
        if (string.IsNullOrEmpty(token) || token.Length > MaxTokenLength)
            return new Refusal(Fault.TokenRefused, $"The metadata 'authorization' must be 'Bearer TOKEN' with a token of 1 to {MaxTokenLength} characters.");
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(token));
        if (!_hashes.TryGetValue(client, out var known))
            known = await RegisterAsync(client, hash, stopping);
        if (CryptographicOperations.FixedTimeEquals(known, hash))
            return null;
        logger.TokenRefused(client);
        return new Refusal(Fault.TokenRefused, $"The token is not the one that '{client}' registered with.");
    }

    /// <summary>Why the credential is not this client's; null if it is. Registers nothing.</summary>
    public Refusal? Refuses(string client, ClientCredential credential)
    {
        if (standings.Refuses(client) is { } revoked)
            return revoked;
        if (credential.Certified is { } certified)
            return certified == client ? null : new Refusal(Fault.CertificateRefused, $"The certificate stands for client '{certified}', not for '{client}'.");
        var known = credential.Token is { Length: <= MaxTokenLength } token && _hashes.TryGetValue(client, out var hash)
            && CryptographicOperations.FixedTimeEquals(hash, SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        return known ? null : new Refusal(Fault.TokenRefused, $"The token is not the one that '{client}' registered with; connect first.");
    }

    /// <summary>The client that the credential stands for, for calls that do not name one.</summary>
    /// <exception cref="FaultException">There is none, or it is revoked.</exception>
    public string Owner(ClientCredential credential)
    {
        var client = credential.Certified ?? OwnerOf(credential.Token)
            ?? throw new FaultException(Fault.TokenRefused, "The token belongs to no registered client; connect first.");
        return standings.Refuses(client) is { } revoked ? throw new FaultException(revoked) : client;
    }

    // Every download asks. What the time of a look-up tells is of the hash, from which no token follows.
    string? OwnerOf(string? token) => token is null || token.Length > MaxTokenLength
        ? null
        : _owners.GetValueOrDefault(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token))));

    byte[] Remember(string client, byte[] hash)
    {
        _owners.TryAdd(Convert.ToHexStringLower(hash), client);
        return _hashes[client] = hash;
    }

    async Task<byte[]> RegisterAsync(string client, byte[] hash, CancellationToken stopping)
    {
        await _registering.WaitAsync(stopping);
        try
        {
            if (_hashes.TryGetValue(client, out var known))
                return known;
            var row = new ClientRow { Id = client, TokenHash = Convert.ToHexStringLower(hash), FirstSeenMs = time.GetUtcNow().ToUnixTimeMilliseconds() };
            await store.CommitAsync([RowChange.Add(row)], stopping);
            logger.ClientRegistered(client);
            return Remember(client, hash);
        }
        finally
        {
            _registering.Release();
        }
    }

    public void Dispose() => _registering.Dispose();
}
