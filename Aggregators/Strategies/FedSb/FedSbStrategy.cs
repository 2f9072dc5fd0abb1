using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.FedSb;

/// <summary>Fed-SB (arXiv 2502.15436): W + s B R A with B and A frozen, so that the change is linear in R and the mean of R is exact.</summary>
sealed class FedSbStrategy : IGroupStrategy
{
    public string Name => "fed-sb";

    public string Summary => "Averages the r x r core between two frozen factors (role lora_R); exact, sum-only, the least traffic of all.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.Affine];

    public Capabilities Capabilities { get; } = new() { LinearSum = true, Exact = true, Asynchronous = true, KeepsGauge = true };

    public IGroupRule Configure(StrictObject options) => new FedSbRule();
}
