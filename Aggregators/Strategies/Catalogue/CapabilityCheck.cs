using System.Globalization;
using Federated.Aggregators.Adapters;

namespace Federated.Aggregators.Strategies.Catalogue;

/// <summary>Compares what a run asks for with what its strategies can do.</summary>
static class CapabilityCheck
{
    public static IReadOnlyList<string> Refusals(Composition composition, FoldRequirements requirements, AdapterSchema schema)
    {
        var refusals = new List<string>();
        foreach (var (kind, strategy) in composition.Strategies.Where(s => IsUsed(s.Key, schema)).OrderBy(s => s.Key))
        {
            var can = strategy.Capabilities;
            var name = $"{kind} strategy '{strategy.Name}'";
            if (requirements.LinearSum && !can.LinearSum)
                refusals.Add($"{name} needs each client's update by itself; central noise and secure aggregation give only sums.");
            if (requirements.MixedRanks && !can.MixedRanks)
                refusals.Add($"{name} needs one rank for all clients; the run allows several.");
            if (requirements.Asynchronous && !can.Asynchronous)
                refusals.Add($"{name} needs all clients to start from one version; the run is asynchronous{(kind == StrategyKind.Product ? " (product strategy 'fedbuff' is made for that)" : "")}.");
            if (kind == StrategyKind.Product && can.DownLink.For(requirements.Clients) is var sent && sent > requirements.MaxDownLink)
                refusals.Add(string.Create(CultureInfo.InvariantCulture, $"{name} sends each client {sent} times its factors a round ({can.DownLink} with K = {requirements.Clients}); the run allows {requirements.MaxDownLink}."));
            if (requirements.FixedBase && can.AddsOffsets)
                refusals.Add($"{name} adds frozen factors to the base; the run's clients hold the base as it is.");
            if (requirements.PlainClients && can.CorrectsClients)
                refusals.Add($"{name} needs clients that correct their steps by its control variate; the run's clients do not.");
        }
        AddGaugeRefusals(composition, schema, refusals);
        AddMeansRefusals(composition, schema, refusals);
        return refusals;
    }

    static void AddGaugeRefusals(Composition composition, AdapterSchema schema, List<string> refusals)
    {
        var (optimiser, product) = (composition.Strategies[StrategyKind.ServerOptimiser], composition.Strategies[StrategyKind.Product]);
        if (IsUsed(StrategyKind.Product, schema) && optimiser.Capabilities.NeedsGauge && !product.Capabilities.KeepsGauge)
            refusals.Add($"Server optimiser '{optimiser.Name}' remembers changes of the factors, but product strategy '{product.Name}' gives them a new basis every round, in which the memory has no meaning.");
    }

    static void AddMeansRefusals(Composition composition, AdapterSchema schema, List<string> refusals)
    {
        var optimiser = composition.Strategies[StrategyKind.ServerOptimiser];
        if (!optimiser.Capabilities.NeedsMeans)
            return;
        foreach (var (kind, rule) in composition.Strategies.Where(s => s.Key is not (StrategyKind.Weigher or StrategyKind.ServerOptimiser) && IsUsed(s.Key, schema)).OrderBy(s => s.Key))
        {
            // A new basis has its own refusal, which says more.
            if (!rule.Capabilities.PublishesMeans && !(kind == StrategyKind.Product && optimiser.Capabilities.NeedsGauge && !rule.Capabilities.KeepsGauge))
                refusals.Add($"Server optimiser '{optimiser.Name}' makes its control variate of the clients' mean change, which {kind} strategy '{rule.Name}' does not publish.");
        }
    }

    public static bool IsUsed(StrategyKind kind, AdapterSchema schema) => kind switch
    {
        StrategyKind.Product => schema.Groups.Any(g => g.Algebra == Algebra.Product),
        StrategyKind.Affine => schema.Groups.Any(g => g.Algebra == Algebra.Affine),
        StrategyKind.Opaque => schema.Groups.Any(g => g.Algebra == Algebra.Opaque),
        StrategyKind.SeedTrace => schema.Groups.Any(g => g.Algebra == Algebra.SeedTrace),
        _ => true,
    };
}
