using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.Mean;

/// <summary>The weighted mean: exact for affine groups, the usual heuristic for opaque ones.</summary>
sealed class MeanStrategy : IGroupStrategy
{
    public string Name => "mean";

    public string Summary => "Weighted mean of each tensor.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.Affine, StrategyKind.Opaque];

    public Capabilities Capabilities { get; } = new() { LinearSum = true, Exact = true, MixedRanks = true, Asynchronous = true, KeepsGauge = true, PublishesMeans = true };

    public IGroupRule Configure(StrictObject options) => new MeanRule();
}
