using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.Rfa;

/// <summary>RFA (Pillutla et al., arXiv 1912.13445): the geometric median by the smoothed Weiszfeld iteration, in coefficient space.</summary>
sealed class RfaStrategy : IWeigherStrategy
{
    public string Name => "rfa";

    public string Summary => "Weights of the geometric median of the clients' effective changes; withstands just under half of the weight.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.Weigher];

    public Capabilities Capabilities { get; } = new() { Exact = true, MixedRanks = true, KeepsGauge = true };

    public IWeigher Configure(StrictObject options) => new RfaWeigher((int)options.Integer("iterations", 1, 1000, 8), options.Number("smoothing", double.Epsilon, 1e6, 1e-6));
}
