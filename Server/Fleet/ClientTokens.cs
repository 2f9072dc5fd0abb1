using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Federated.Server.Faults;
using Federated.Server.Storage;
using Federated.Server.Storage.Rows;

namespace Federated.Server.Fleet;

/// <summary>
/// Trust on first use, for loopback: the first token that a client id shows is registered, by its hash, and no other is taken after.
/// </summary>
sealed class ClientTokens(IRunStore store, TimeProvider time, ILogger<ClientTokens> logger) : IDisposable
{
    const int MaxTokenLength = 256;

    readonly ConcurrentDictionary<string, byte[]> _hashes = new(StringComparer.Ordinal);
    readonly SemaphoreSlim _registering = new(1, 1);

    public IReadOnlyCollection<string> Known => [.. _hashes.Keys.Order(StringComparer.Ordinal)];

    public async Task LoadAsync(CancellationToken stopping)
    {
        foreach (var client in await store.ClientsAsync(stopping))
            _hashes[client.Id] = Convert.FromHexString(client.TokenHash);
    }

    /// <summary>Null when the token belongs to the client id, which is registered by the call when it is new.</summary>
    public async Task<Refusal?> CheckAsync(string client, string? token, CancellationToken stopping)
    {
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

    /// <summary>Whether the token is the registered one; registers nothing.</summary>
    public bool IsRegistered(string client, string? token) =>
        token is not null && token.Length <= MaxTokenLength && _hashes.TryGetValue(client, out var known)
        && CryptographicOperations.FixedTimeEquals(known, SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>The client that registered this token, for calls that do not name one.</summary>
    public string? Owner(string? token)
    {
        if (token is null || token.Length > MaxTokenLength)
            return null;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(token));
        return _hashes.FirstOrDefault(h => CryptographicOperations.FixedTimeEquals(h.Value, hash)).Key;
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
            return _hashes[client] = hash;
        }
        finally
        {
            _registering.Release();
        }
    }

    public void Dispose() => _registering.Dispose();
}
