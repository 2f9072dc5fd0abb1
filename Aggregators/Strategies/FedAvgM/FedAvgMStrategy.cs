using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.FedAvgM;

/// <summary>Server momentum (Hsu et al., arXiv 1909.06335).</summary>
sealed class FedAvgMStrategy : IServerOptimiserStrategy
{
    public string Name => "fedavgm";

    public string Summary => "Heavy-ball momentum on the change: v = change + momentum * v; theta + learning_rate * v.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.ServerOptimiser];

    public Capabilities Capabilities { get; } = new() { LinearSum = true, MixedRanks = true, Asynchronous = true, KeepsGauge = true, NeedsGauge = true };

    public IServerOptimiser Configure(StrictObject options) =>
        new FedAvgMOptimiser(options.Number("momentum", 0, 0.999999, 0.5), options.Number("learning_rate", double.Epsilon, 1e6, 1));
}
