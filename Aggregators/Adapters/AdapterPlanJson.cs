using System.Text.Json;
using Federated.Aggregators.Json;

namespace Federated.Aggregators.Adapters;

/// <summary>The plan's one JSON form; objects keyed by name are written in ordinal order.</summary>
static class AdapterPlanJson
{
    public static byte[] Write(AdapterPlan plan) => CanonicalJson.Write(w =>
    {
        w.WriteNumber("format", 1);
        w.WriteNumber("version", plan.Version);
        WriteGroups(w, "groups", plan.Groups);
        w.WriteStartObject("clients");
        foreach (var (client, overrides) in plan.Clients.OrderBy(c => c.Key, StringComparer.Ordinal))
            WriteGroups(w, client, overrides);
        w.WriteEndObject();
    });

    public static AdapterPlan Read(ReadOnlySpan<byte> utf8)
    {
        var root = StrictObject.Parse(utf8, "plan");
        root.Integer("format", 1, 1);
        var version = (int)root.Integer("version", 0, int.MaxValue);
        var groups = ReadGroups(root.Object("groups") ?? throw new FormatException("plan.groups is missing."));
        var clients = new Dictionary<string, IReadOnlyDictionary<string, GroupPlan>>(StringComparer.Ordinal);
        if (root.Object("clients") is { } overrides)
        {
            foreach (var client in overrides.Names())
                clients[client] = ReadGroups(overrides.Object(client) ?? throw new FormatException($"{overrides.Path}.{client} is null."));
        }
        root.Done();
        return new AdapterPlan(version, groups, clients);
    }

    static void WriteGroups(Utf8JsonWriter w, string name, IReadOnlyDictionary<string, GroupPlan> groups)
    {
        w.WriteStartObject(name);
        foreach (var (group, plan) in groups.OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            w.WriteStartObject(group);
            w.WriteBoolean("enabled", plan.Enabled);
            w.WriteNumber("rank", plan.Rank);
            if (plan.Trained is { } trained)
            {
                w.WriteStartArray("trained");
                foreach (var role in trained)
                    w.WriteStringValue(role);
                w.WriteEndArray();
            }
            w.WriteNumber("base_bits", plan.BaseBits);
            w.WriteNumber("stage", plan.Stage);
            w.WriteEndObject();
        }
        w.WriteEndObject();
    }

    static Dictionary<string, GroupPlan> ReadGroups(StrictObject o)
    {
        var groups = new Dictionary<string, GroupPlan>(StringComparer.Ordinal);
        foreach (var name in o.Names())
            groups[name] = ReadGroup(o.Object(name) ?? throw new FormatException($"{o.Path}.{name} is null."));
        return groups;
    }

    static GroupPlan ReadGroup(StrictObject o)
    {
        var plan = new GroupPlan(o.Flag("enabled", true), (int)o.Integer("rank", 1, int.MaxValue),
            o.Element("trained") is null ? null : o.Texts("trained", maxCount: 8), (int)o.Integer("base_bits", 0, 64, 32), (int)o.Integer("stage", 0, int.MaxValue, 0));
        o.Done();
        return plan;
    }
}
