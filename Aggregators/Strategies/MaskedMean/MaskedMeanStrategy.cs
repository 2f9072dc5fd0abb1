using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.MaskedMean;

/// <summary>The weighted mean of each element over the clients that sent it.</summary>
sealed class MaskedMeanStrategy : IGroupStrategy
{
    public string Name => "masked-mean";

    public string Summary => "Weighted mean of each element over the clients that sent it (a change of exactly 0 was not sent); for sparse and masked updates.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.Affine, StrategyKind.Opaque];

    public Capabilities Capabilities { get; } = new() { MixedRanks = true, KeepsGauge = true };

    public IGroupRule Configure(StrictObject options) => new MaskedMeanRule();
}
