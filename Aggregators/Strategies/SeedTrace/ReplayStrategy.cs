using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.SeedTrace;

/// <summary>Replay of (seed, scalar) pairs, as in FedKSeed (arXiv 2312.06353): the change is linear in the scalars, so their mean is exact.</summary>
sealed class ReplayStrategy : IGroupStrategy
{
    public string Name => "replay";

    public string Summary => "Averages the clients' scalars per seed and replays the steps along the seeds' directions; exact, sum-only.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.SeedTrace];

    public Capabilities Capabilities { get; } = new() { LinearSum = true, Exact = true, MixedRanks = true, Asynchronous = true, KeepsGauge = true };

    public IGroupRule Configure(StrictObject options) => new ReplayRule();
}
