using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.NormBound;

/// <summary>Bounds what one client can do: updates larger than a multiple of the median weigh as little as makes them that large.</summary>
sealed class NormBoundStrategy : IWeigherStrategy
{
    public string Name => "norm-bound";

    public string Summary => "Sample weights, reduced for clients whose effective change is larger than a multiple of the median.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.Weigher];

    public Capabilities Capabilities { get; } = new() { Exact = true, MixedRanks = true, KeepsGauge = true };

    public IWeigher Configure(StrictObject options) => new NormBoundWeigher(options.Number("multiple", double.Epsilon, 1e6, 1));
}
