using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies;

/// <summary>Puts the rules' roles of a round into the plans of groups; a group that the operator froze stays frozen.</summary>
static class RoundRoles
{
    public static IReadOnlyDictionary<string, GroupPlan> Apply(AdapterSchema schema, IReadOnlyDictionary<Algebra, IGroupRule> rules, IReadOnlyDictionary<string, GroupPlan> plans, long round)
    {
        var groups = schema.Groups.ToDictionary(g => g.Name, StringComparer.Ordinal);
        return plans.ToDictionary(p => p.Key, p => groups.TryGetValue(p.Key, out var group) && p.Value.Trained is not [] && rules[group.Algebra].TrainedRoles(group, round) is { } roles
            ? p.Value with { Trained = roles } : p.Value, StringComparer.Ordinal);
    }
}
