using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies;

/// <summary>A run's strategies, configured. Immutable; made by <see cref="StrategyCatalog.Compose"/>.</summary>
public sealed class Composition
{
    internal Composition(IReadOnlyDictionary<StrategyKind, IStrategy> strategies, IWeigher weigher, IReadOnlyDictionary<Algebra, IGroupRule> rules, IServerOptimiser serverOptimiser) =>
        (Strategies, Weigher, Rules, ServerOptimiser) = (strategies, weigher, rules, serverOptimiser);

    /// <summary>The strategies by kind.</summary>
    public IReadOnlyDictionary<StrategyKind, IStrategy> Strategies { get; }

    /// <summary>
    /// The plan of a round: <paramref name="plan"/> itself, or, where a rule trains other roles of its groups in this round, a plan with those roles and the
    /// next version number.
    /// </summary>
    public AdapterPlan PlanFor(AdapterSchema schema, AdapterPlan plan, long round)
    {
        var groups = RoundRoles.Apply(schema, Rules, plan.Groups, round);
        var clients = plan.Clients.ToDictionary(c => c.Key, c => RoundRoles.Apply(schema, Rules, c.Value, round), StringComparer.Ordinal);
        var changed = new AdapterPlan(plan.Version, groups, clients);
        return changed.ToJson().AsSpan().SequenceEqual(plan.ToJson()) ? plan : new AdapterPlan(plan.Version + 1, groups, clients);
    }

    /// <summary>Algebras of a schema whose rule sums something that a mechanism cannot bound.</summary>
    public IEnumerable<Algebra> Unbounded(AdapterSchema schema) => schema.Groups.Select(g => g.Algebra).Distinct().Where(a => Rules.TryGetValue(a, out var rule) && !rule.CanBeBounded);

    /// <summary>Most passes that a rule for one of these algebras makes over the clients.</summary>
    public int Passes(IEnumerable<Algebra> algebras) => algebras.Where(Rules.ContainsKey).Select(a => Rules[a].Passes).Append(1).Max();

    /// <summary>What the parts can do together: sums, ranks and ages where each of them can, exactness of rule, weigher and optimiser, the rest as the rule says.</summary>
    /// <param name="kinds">The parts that count; the rule is that of products, or without them that of affine groups.</param>
    public Capabilities Capabilities(params IReadOnlyCollection<StrategyKind> kinds)
    {
        Capabilities[] parts = [.. kinds.Select(k => Strategies[k].Capabilities)];
        var rule = Strategies[kinds.Contains(StrategyKind.Product) ? StrategyKind.Product : StrategyKind.Affine].Capabilities;
        var (weigher, optimiser) = (Strategies[StrategyKind.Weigher].Capabilities, Strategies[StrategyKind.ServerOptimiser].Capabilities);
        return rule with
        {
            LinearSum = parts.All(p => p.LinearSum),
            MixedRanks = parts.All(p => p.MixedRanks),
            Asynchronous = parts.All(p => p.Asynchronous),
            Exact = rule.Exact && weigher.Exact && optimiser.Exact,
            NeedsGauge = optimiser.NeedsGauge,
            NeedsMeans = optimiser.NeedsMeans,
            CorrectsClients = optimiser.CorrectsClients,
        };
    }

    internal IWeigher Weigher { get; }

    internal IReadOnlyDictionary<Algebra, IGroupRule> Rules { get; }

    internal IServerOptimiser ServerOptimiser { get; }
}
