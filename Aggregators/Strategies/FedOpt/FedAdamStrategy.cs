using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.FedOpt;

/// <summary>FedAdam (Reddi et al., arXiv 2003.00295).</summary>
sealed class FedAdamStrategy : IServerOptimiserStrategy
{
    public string Name => "fedadam";

    public string Summary => "Adam on the change: v = beta2 v + (1 - beta2) change^2.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.ServerOptimiser];

    public Capabilities Capabilities { get; } = new() { LinearSum = true, MixedRanks = true, Asynchronous = true, KeepsGauge = true, NeedsGauge = true };

    public IServerOptimiser Configure(StrictObject options) => new FedOptOptimiser(FedOptOptions.Read(options, 0.1, 0.9, 0.99), (v, d, beta) => beta * v + (1 - beta) * d);
}
