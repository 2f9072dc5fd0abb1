using System.Collections.Concurrent;
using Federated.Server.Faults;
using Federated.Server.Fleet;
using Federated.Server.Storage;
using Federated.Server.Storage.Rows;

namespace Federated.Server.Identity;

/// <summary>The operators' API keys: hashed, of one role, expiring, revocable at once, and limited to some runs where that is wanted.</summary>
sealed class ApiKeys(IRunStore store, OperatorRows rows, TimeProvider time)
{
    public const int MaxKeys = 1_000;
    public const int MaxNameLength = 63;
    public const int MaxRuns = 100;
    public const int MaxDays = 366;
    const string Prefix = "fedkey";

    static readonly FaultException Refused = new(Fault.KeyRefused, "The API key is unknown, expired or revoked.");

    readonly ConcurrentDictionary<string, ApiKeyRow> _keys = new(StringComparer.Ordinal);

    /// <summary>By the time of creation.</summary>
    public IReadOnlyList<ApiKeyRow> All => [.. _keys.Values.OrderBy(k => k.CreatedMs).ThenBy(k => k.Id, StringComparer.Ordinal)];

    public async Task LoadAsync(CancellationToken stopping)
    {
        foreach (var row in await rows.ApiKeysAsync(stopping))
            _keys[row.Id] = row;
    }

    /// <summary>The only time that the key is seen in full.</summary>
    /// <exception cref="FaultException">A value is out of its range; nothing was made.</exception>
    public async Task<(ApiKeyRow Row, string Key)> CreateAsync(string name, Role role, IReadOnlyCollection<string>? runs, double days, string createdBy, CancellationToken stopping)
    {
        Check(name, role, runs, days);
        var now = Now();
        var (id, secret) = Secrets.Create();
        var row = new ApiKeyRow
        {
            Id = id, Name = name, SecretHash = Secrets.Hash(secret), Role = role.ToString().ToLowerInvariant(), Runs = runs is null ? null : string.Join(' ', runs.Order(StringComparer.Ordinal)),
            CreatedBy = createdBy, CreatedMs = now, ExpiresMs = now + (long)(days * TimeSpan.MillisecondsPerDay),
        };
        await store.CommitAsync([RowChange.Add(row)], stopping);
        _keys[id] = row;
        return (row, $"{Prefix}_{id}_{secret}");
    }

    /// <exception cref="FaultException">There is no such key.</exception>
    public async Task<ApiKeyRow> RevokeAsync(string id, CancellationToken stopping)
    {
        var row = _keys.GetValueOrDefault(id) ?? throw new FaultException(Fault.KeyNotFound, $"There is no API key '{Names.Shorten(id)}'.");
        if (row.RevokedMs is not null)
            return row;
        row = row with { RevokedMs = Now() };
        await store.CommitAsync([RowChange.Update(row)], stopping);
        return _keys[id] = row;
    }

    /// <exception cref="FaultException">The key is unknown, expired or revoked; which of these is not told.</exception>
    public Caller Authenticate(string key)
    {
        if (Secrets.Split(key, Prefix, 2) is not [var id, var secret] || !_keys.TryGetValue(id, out var row) || !Secrets.Matches(secret, row.SecretHash))
            throw Refused;
        if (row.RevokedMs is not null || Now() >= row.ExpiresMs)
            throw Refused;
        return new Caller($"key:{row.Id} {row.Name}", Enum.Parse<Role>(row.Role, ignoreCase: true), row.Runs?.Split(' ').ToHashSet(StringComparer.Ordinal), row.Id);
    }

    /// <summary>Whether a caller that was let in earlier would still be: its key is neither expired nor revoked.</summary>
    public bool StillHolds(Caller caller) =>
        caller.KeyId is null || _keys.TryGetValue(caller.KeyId, out var row) && row.RevokedMs is null && Now() < row.ExpiresMs;

    void Check(string name, Role role, IReadOnlyCollection<string>? runs, double days)
    {
        if (!ClientIds.IsValid(name))
            throw Invalid($"The key's name '{Names.Shorten(name)}' is not {ClientIds.Rule}.");
        if (role is not (Role.Viewer or Role.Operator or Role.Admin))
            throw Invalid($"The role is '{role}'; viewer, operator or admin is allowed.");
        if (!(days is > 0 and <= MaxDays))
            throw Invalid($"The key's days are {days}; more than 0 and at most {MaxDays} are allowed.");
        if (runs is not null && (role == Role.Admin || runs.Count is 0 or > MaxRuns || !runs.All(ClientIds.IsValid)))
            throw Invalid($"The key's runs must be 1 to {MaxRuns} run ids, and an admin's key cannot be limited to runs.");
        if (_keys.Count >= MaxKeys)
            throw Invalid($"There are {_keys.Count} API keys, {MaxKeys} is the limit.");
    }

    static FaultException Invalid(string message) => new(Fault.ValueInvalid, message);

    long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
