using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Strategies.Mean;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.RoLora;

/// <summary>RoLoRA (arXiv 2502.01755): rounds 0, 2, 4 ... train and average B with A fixed, the others A with B fixed; each is exact.</summary>
sealed class RoLoraStrategy : IGroupStrategy
{
    public string Name => "rolora";

    public string Summary => "Trains and averages B and A in turns; exact, sum-only.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.Product];

    public Capabilities Capabilities { get; } = new() { LinearSum = true, Exact = true, KeepsGauge = true, NeedsSharedFactor = true, DownLink = new(0.5, 0) };

    // B first: it starts at zero, where A's gradient vanishes.
    public IGroupRule Configure(StrictObject options) => new OneFactorRule((form, round) => round % 2 == 0 ? form.Left : form.Right);
}
