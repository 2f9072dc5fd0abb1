using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.NoOptimiser;

/// <summary>Publishes what the rules propose.</summary>
sealed class NoOptimiserStrategy : IServerOptimiserStrategy, IServerOptimiser
{
    public string Name => "none";

    public string Summary => "Publishes what the rules propose.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.ServerOptimiser];

    public Capabilities Capabilities { get; } = new() { LinearSum = true, Exact = true, MixedRanks = true, Asynchronous = true, KeepsGauge = true };

    public IServerOptimiser Configure(StrictObject options) => this;

    public void Step(string tensor, ReadOnlySpan<float> previous, Span<double> proposed, ReadOnlySpan<double> meanChange, StateAccess state) { }
}
