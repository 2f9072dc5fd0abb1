using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Federated.Server.Faults;
using Federated.Server.Storage;
using Federated.Server.Storage.Rows;

namespace Federated.Server.Fleet;

/// <summary>What the operators decided about each client. A decision is durable before it holds, and holds at once.</summary>
sealed class ClientStandings(IRunStore store, FleetOptions options, TimeProvider time) : IDisposable
{
    public const int MaxLabels = 32;
    public const int MaxLabelLength = 128;

    readonly ConcurrentDictionary<string, Standing> _standings = new(StringComparer.Ordinal);
    readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Told of every change, after it holds.</summary>
    public event Action<string, Standing>? Changed;

    public bool Knows(string client) => _standings.ContainsKey(client);

    public IReadOnlyCollection<string> Known => [.. _standings.Keys.Order(StringComparer.Ordinal)];

    public void Load(IEnumerable<StandingRow> rows)
    {
        foreach (var row in rows)
            _standings[row.Client] = new Standing(row.Approved, row.Draining, row.Revoked, Labels(row.LabelsJson));
    }

    /// <summary>Of a client that nobody decided about: approved, unless the server asks for approval.</summary>
    public Standing Of(string client) => _standings.GetValueOrDefault(client) ?? new Standing(!options.ApproveClients, false, false, Standing.NoLabels);

    /// <summary>Why a client is not let in; null if it is.</summary>
    public Refusal? Refuses(string client) => Of(client).Revoked ? new Refusal(Fault.ClientRevoked, $"Client '{client}' is revoked.") : null;

    /// <summary>Whether a client is offered runs and may join them.</summary>
    public bool MayJoin(string client) => Of(client) is { Approved: true, Revoked: false };

    public async Task<Standing> ChangeAsync(string client, Func<Standing, Standing> change, CancellationToken stopping)
    {
        await _one.WaitAsync(stopping);
        Standing changed;
        try
        {
            changed = change(Of(client));
            var row = new StandingRow
            {
                Client = client, Approved = changed.Approved, Draining = changed.Draining, Revoked = changed.Revoked,
                LabelsJson = JsonSerializer.Serialize(changed.Labels), ChangedMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            };
            await store.CommitAsync([_standings.ContainsKey(client) ? RowChange.Update(row) : RowChange.Add(row)], stopping);
            _standings[client] = changed;
        }
        finally
        {
            _one.Release();
        }
        Changed?.Invoke(client, changed);
        return changed;
    }

    /// <exception cref="FaultException">There are too many labels, or a name or value breaks a limit.</exception>
    public static ImmutableSortedDictionary<string, string> Check(IReadOnlyDictionary<string, string> labels)
    {
        if (labels.Count > MaxLabels)
            throw new FaultException(Fault.ValueInvalid, $"There are {labels.Count} labels; {MaxLabels} is the limit.");
        foreach (var (name, value) in labels)
        {
            if (!ClientIds.IsValid(name))
                throw new FaultException(Fault.ValueInvalid, $"A label's name of {name.Length} characters is not {ClientIds.Rule}.");
            if (value is null || value.Length > MaxLabelLength || value.Any(char.IsControl))
                throw new FaultException(Fault.ValueInvalid, $"The label '{name}' has a value of {value?.Length ?? 0} characters; at most {MaxLabelLength}, none a control character, are allowed.");
        }
        return labels.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    static ImmutableSortedDictionary<string, string> Labels(string json) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(json)!.ToImmutableSortedDictionary(StringComparer.Ordinal);

    public void Dispose() => _one.Dispose();
}
