using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.Krum;

/// <summary>Krum (Blanchard et al., NeurIPS 2017) on the clients' effective changes.</summary>
sealed class KrumStrategy : IWeigherStrategy
{
    public string Name => "krum";

    public string Summary => "Keeps the updates nearest to their neighbours and weights them equally; withstands f bad ones of n >= 2f + 3.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.Weigher];

    public Capabilities Capabilities { get; } = new() { Exact = true, MixedRanks = true, KeepsGauge = true };

    public IWeigher Configure(StrictObject options) => new KrumWeigher((int)options.Integer("f", 0, 10_000, 0), (int)options.Integer("keep", 1, 10_000, 1));
}
