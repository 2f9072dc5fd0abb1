using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies;

/// <summary>Puts a rule's roles of a round into the plans of product groups; a group that the operator froze stays frozen.</summary>
static class RoundRoles
{
    public static IReadOnlyDictionary<string, GroupPlan> Apply(AdapterSchema schema, IGroupRule rule, IReadOnlyDictionary<string, GroupPlan> plans, long round)
    {
        var forms = schema.Groups.Where(g => g.Product is not null).ToDictionary(g => g.Name, g => g.Product!, StringComparer.Ordinal);
        return plans.ToDictionary(p => p.Key, p => forms.TryGetValue(p.Key, out var form) && rule.TrainedRoles(form, round) is { } roles && p.Value.Trained is not []
            ? p.Value with { Trained = roles } : p.Value, StringComparer.Ordinal);
    }
}
