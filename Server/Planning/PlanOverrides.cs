using Federated.Aggregators.Adapters;

namespace Federated.Server.Planning;

/// <summary>Choices as what a plan can say: per client the groups that differ.</summary>
public static class PlanOverrides
{
    /// <summary>The plan with each training client's groups, ranks and base precision; product groups that a client was not given are off for it.</summary>
    /// <param name="schema">Of the run.</param>
    /// <param name="plan">Of everybody; its version goes up by one.</param>
    /// <param name="choices">Those of clients that only evaluate are left out.</param>
    /// <exception cref="FormatException">A choice names a rank above the schema's, or a group that it has not.</exception>
    public static AdapterPlan Apply(AdapterSchema schema, AdapterPlan plan, IReadOnlyList<ClientChoice> choices)
    {
        var clients = choices.Where(c => c.Trains).ToDictionary(c => c.Client, c => Overrides(schema, plan, c), StringComparer.Ordinal);
        var planned = new AdapterPlan(plan.Version + 1, plan.Groups, clients);
        var problems = planned.Problems(schema);
        return problems.Count == 0 ? planned : throw new FormatException(string.Join(" ", problems));
    }

    /// <summary>One client's plan without a word about anybody else: what its manifest names.</summary>
    public static AdapterPlan For(AdapterPlan plan, AdapterSchema schema, string client) =>
        new(plan.Version, schema.Groups.ToDictionary(g => g.Name, g => plan.Of(g.Name, client), StringComparer.Ordinal));

    static IReadOnlyDictionary<string, GroupPlan> Overrides(AdapterSchema schema, AdapterPlan plan, ClientChoice choice)
    {
        if (choice.Groups.FirstOrDefault(g => schema.Groups.All(s => s.Name != g)) is { } unknown)
            throw new FormatException($"The choice of client '{choice.Client}' names group '{unknown}', which the schema has not.");
        return schema.Groups.Where(g => g.Product is not null && plan.Of(g.Name).Enabled).ToDictionary(g => g.Name,
            g => plan.Of(g.Name) with { Enabled = choice.Groups.Contains(g.Name), Rank = choice.Groups.Contains(g.Name) ? choice.Rank : plan.Of(g.Name).Rank, BaseBits = choice.BaseBits },
            StringComparer.Ordinal);
    }
}
