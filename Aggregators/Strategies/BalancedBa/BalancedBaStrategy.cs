using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.BalancedBa;

/// <summary>LoRA-FAIR's B, then the same ridge solve for A, then balanced factors: nearly the best product of rank r, from client sums alone.</summary>
sealed class BalancedBaStrategy : IGroupStrategy
{
    public string Name => "balanced-ba";

    public string Summary => "Corrects B, then A, then balances the factors; close to the best product of rank r, sum-only.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.Product];

    // The balanced factors are singular vectors, a new basis every round.
    public Capabilities Capabilities { get; } = new() { LinearSum = true, MixedRanks = true };

    public IGroupRule Configure(StrictObject options) => new BalancedBaRule(options.Number("lambda", 1e-6, 1e12, 0.01), options.Number("gram_floor", 0, double.MaxValue, 1e-12));
}
