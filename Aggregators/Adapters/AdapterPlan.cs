namespace Federated.Aggregators.Adapters;

/// <summary>
/// Which groups are enabled, at which rank, and which roles are trained; changes only between rounds, each change a new version.
/// </summary>
public sealed class AdapterPlan
{
    byte[]? _json;

    /// <summary>A plan; <see cref="AdapterLayout.Of"/> and <see cref="Problems"/> check it against a schema.</summary>
    /// <param name="version">0 or more; counted up by one whenever the plan changes.</param>
    /// <param name="groups">By group name.</param>
    /// <param name="clients">Per client id the groups that differ; null means none.</param>
    public AdapterPlan(int version, IReadOnlyDictionary<string, GroupPlan> groups,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, GroupPlan>>? clients = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(version);
        Version = version;
        Groups = groups;
        Clients = clients ?? new Dictionary<string, IReadOnlyDictionary<string, GroupPlan>>();
    }

    /// <summary>0 or more.</summary>
    public int Version { get; }

    /// <summary>By group name; a group of the schema that is not listed is disabled.</summary>
    public IReadOnlyDictionary<string, GroupPlan> Groups { get; }

    /// <summary>Overrides by client id, then group name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, GroupPlan>> Clients { get; }

    /// <summary>Every group enabled at one rank, everything trained.</summary>
    public static AdapterPlan Uniform(AdapterSchema schema, int rank, int version = 0) =>
        new(version, schema.Groups.ToDictionary(g => g.Name, _ => new GroupPlan(Rank: rank), StringComparer.Ordinal));

    /// <summary>The plan of a group for a client (null: for everybody).</summary>
    public GroupPlan Of(string group, string? clientId = null) =>
        clientId is not null && Clients.TryGetValue(clientId, out var overrides) && overrides.TryGetValue(group, out var own) ? own
            : Groups.TryGetValue(group, out var shared) ? shared
            : new GroupPlan(Enabled: false);

    /// <summary>Whether a client has another rank than the rest in some group.</summary>
    public bool HasMixedRanks => Clients.Values.Any(own => own.Any(g => g.Value.Enabled && g.Value.Rank != Of(g.Key).Rank));

    /// <summary>Everything that contradicts the schema, a sentence each; empty when nothing does.</summary>
    public IReadOnlyList<string> Problems(AdapterSchema schema) => AdapterPlanRules.Problems(this, schema);

    /// <summary>Canonical UTF-8 JSON: equal plans give equal bytes.</summary>
    public byte[] ToJson() => (byte[])(_json ??= AdapterPlanJson.Write(this)).Clone();

    /// <summary>Reads <see cref="ToJson"/>'s form.</summary>
    /// <exception cref="FormatException">It is malformed or has an unknown field; the message names the field, its value and the limit.</exception>
    public static AdapterPlan Parse(ReadOnlySpan<byte> utf8) => AdapterPlanJson.Read(utf8);
}
