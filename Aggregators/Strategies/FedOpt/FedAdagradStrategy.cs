using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.FedOpt;

/// <summary>FedAdagrad (Reddi et al., arXiv 2003.00295).</summary>
sealed class FedAdagradStrategy : IServerOptimiserStrategy
{
    public string Name => "fedadagrad";

    public string Summary => "Adagrad on the change: v = v + change^2.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.ServerOptimiser];

    public Capabilities Capabilities { get; } = new() { LinearSum = true, MixedRanks = true, Asynchronous = true, KeepsGauge = true, NeedsGauge = true };

    public IServerOptimiser Configure(StrictObject options) => new FedOptOptimiser(FedOptOptions.Read(options, 0.1, 0, 0), (v, d, _) => v + d);
}
