using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.FedOpt;

/// <summary>FedYogi (Reddi et al., arXiv 2003.00295).</summary>
sealed class FedYogiStrategy : IServerOptimiserStrategy
{
    public string Name => "fedyogi";

    public string Summary => "Yogi on the change: v = v - (1 - beta2) change^2 sign(v - change^2).";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.ServerOptimiser];

    public Capabilities Capabilities { get; } = new() { LinearSum = true, MixedRanks = true, Asynchronous = true, KeepsGauge = true, NeedsGauge = true };

    public IServerOptimiser Configure(StrictObject options) => new FedOptOptimiser(FedOptOptions.Read(options, 0.01, 0.9, 0.99), (v, d, beta) => v - (1 - beta) * d * Math.Sign(v - d));
}
