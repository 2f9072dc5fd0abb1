using Federated.Aggregators.Json;

namespace Federated.Aggregators.Adapters;

/// <summary>What a plan must satisfy for a schema.</summary>
static class AdapterPlanRules
{
    static readonly int[] BaseBits = [2, 3, 4, 8, 16, 32];

    public static IReadOnlyList<string> Problems(AdapterPlan plan, AdapterSchema schema)
    {
        var problems = new List<string>();
        var groups = schema.Groups.ToDictionary(g => g.Name, StringComparer.Ordinal);
        CheckGroups(plan.Groups, "plan.groups", groups, schema.MaxRank, problems);
        foreach (var (client, overrides) in plan.Clients.OrderBy(c => c.Key, StringComparer.Ordinal))
            CheckGroups(overrides, $"plan.clients.{NearestName.Shorten(client)}", groups, schema.MaxRank, problems);
        if (!plan.Groups.Values.Any(g => g.Enabled))
            problems.Add("The plan enables no group; at least one is needed.");
        return problems;
    }

    static void CheckGroups(IReadOnlyDictionary<string, GroupPlan> plans, string path, Dictionary<string, TensorGroup> groups, int maxRank, List<string> problems)
    {
        foreach (var (name, plan) in plans.OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            if (!groups.TryGetValue(name, out var group))
            {
                problems.Add($"{path}: the schema has no group '{NearestName.Shorten(name)}'; did you mean '{NearestName.Of(NearestName.Shorten(name), groups.Keys)}'?");
                continue;
            }
            if (plan.Rank < 1 || plan.Rank > maxRank)
                problems.Add($"{path}.{name}.rank is {plan.Rank}; 1 to {maxRank} is allowed.");
            if (!BaseBits.Contains(plan.BaseBits))
                problems.Add($"{path}.{name}.base_bits is {plan.BaseBits}; {string.Join(", ", BaseBits)} are allowed.");
            if (plan.Stage < 0)
                problems.Add($"{path}.{name}.stage is {plan.Stage}; 0 or more is allowed.");
            foreach (var role in plan.Trained ?? [])
            {
                if (!group.Tensors.Any(t => t.Role == role))
                    problems.Add($"{path}.{name}.trained names role '{NearestName.Shorten(role)}'; the group has {string.Join(", ", group.Tensors.Select(t => t.Role))}.");
            }
        }
    }
}
