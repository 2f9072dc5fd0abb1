using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Strategies.Mean;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.FedIt;

/// <summary>FedIT / Shepherd (arXiv 2305.05644): each factor is averaged by itself.</summary>
sealed class FedItStrategy : IGroupStrategy
{
    public string Name => "fedit";

    public string Summary => "Averages each factor by itself; cheap, sum-only, biased.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.Product];

    public Capabilities Capabilities { get; } = new() { LinearSum = true, MixedRanks = true, KeepsGauge = true, PublishesMeans = true };

    public IGroupRule Configure(StrictObject options) => new MeanRule();
}
