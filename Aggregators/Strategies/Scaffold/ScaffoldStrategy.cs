using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.Scaffold;

/// <summary>SCAFFOLD's server side (Karimireddy et al., arXiv 1910.06378).</summary>
sealed class ScaffoldStrategy : IServerOptimiserStrategy
{
    public string Name => "scaffold";

    public string Summary => "SCAFFOLD's server: theta + learning_rate * change, and a control variate from the clients' mean change; clients have to correct their steps by it.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.ServerOptimiser];

    public Capabilities Capabilities { get; } = new() { LinearSum = true, KeepsGauge = true, NeedsGauge = true, NeedsMeans = true, CorrectsClients = true };

    public IServerOptimiser Configure(StrictObject options) => new ScaffoldOptimiser(
        options.Integer("local_steps", 1, 1_000_000, 1), options.Number("local_learning_rate", 1e-12, 1e6, 1),
        options.Number("participation", 1e-6, 1, 1), options.Number("learning_rate", double.Epsilon, 1e6, 1));
}
