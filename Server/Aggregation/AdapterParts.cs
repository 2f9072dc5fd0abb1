using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Server.Runs;

namespace Federated.Server.Aggregation;

/// <summary>An adapter as runs of whole groups that are read, folded and written one after another, so that memory follows the part and not the adapter.</summary>
static class AdapterParts
{
    /// <summary>Of a part, one group at least: its arrays stay below the size from which the runtime keeps them apart and collects them late.</summary>
    public const long Bytes = 2L << 20;

    /// <summary>Every group in one of them, in order; the layout itself where it is small enough.</summary>
    /// <param name="layout">The whole.</param>
    /// <param name="bytes">Most fp32 bytes of a part; a part is one group at least.</param>
    public static IReadOnlyList<AdapterLayout> Of(AdapterLayout layout, long bytes = Bytes)
    {
        if (sizeof(float) * layout.TotalElements <= bytes)
            return [layout];
        var (parts, part, size) = (new List<AdapterLayout>(), new List<LayoutGroup>(), 0L);
        foreach (var group in layout.Groups)
        {
            var own = sizeof(float) * group.Tensors.Sum(t => (long)t.Elements);
            if (part.Count > 0 && size + own > bytes)
            {
                parts.Add(Of(layout, part));
                (part, size) = ([], 0);
            }
            part.Add(group);
            size += own;
        }
        parts.Add(Of(layout, part));
        return parts;
    }

    /// <summary>The parts of a fold, of which each is in memory once for the version and mapped once for every update; the layout itself where weights or noise depend on all of it at once.</summary>
    /// <param name="layout">Of the version that is folded.</param>
    /// <param name="spec">The run's; weights that a linear sum needs come from what is known of a client, not from its values.</param>
    /// <param name="updates">How many are folded.</param>
    /// <param name="bytes">Of version and updates together.</param>
    public static IReadOnlyList<AdapterLayout> OfFold(AdapterLayout layout, RunSpec spec, int updates, long bytes = WorkerOptions.DefaultPartBytes) =>
        spec.Privacy is not { IsCentral: true } && StrategyCatalog.Default.Compose(spec.Strategy).Strategies[StrategyKind.Weigher].Capabilities.LinearSum
            ? Of(layout, Math.Min(Bytes, bytes / (updates + 1))) : [layout];

    /// <summary>What another layout of the same schema has of a part; null where it has none of its groups.</summary>
    public static AdapterLayout? Within(AdapterLayout layout, AdapterLayout part)
    {
        if (part.Groups.Count == layout.Groups.Count && part.Groups.Zip(layout.Groups).All(g => g.First.Group.Name == g.Second.Group.Name))
            return layout;
        var names = part.Groups.Select(g => g.Group.Name).ToHashSet(StringComparer.Ordinal);
        List<LayoutGroup> groups = [.. layout.Groups.Where(g => names.Contains(g.Group.Name))];
        return groups.Count == 0 ? null : Of(layout, groups);
    }

    static AdapterLayout Of(AdapterLayout layout, List<LayoutGroup> groups) =>
        AdapterLayout.Of(layout.Schema, new AdapterPlan(layout.PlanVersion, groups.ToDictionary(g => g.Group.Name, g => g.Plan, StringComparer.Ordinal)));
}
