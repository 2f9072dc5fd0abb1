using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.LoraFair;

/// <summary>LoRA-FAIR (Bian et al., ICCV 2025) with the Frobenius objective, whose solution is closed.</summary>
sealed class LoraFairStrategy : IGroupStrategy
{
    public string Name => "lora-fair";

    public string Summary => "Averages the factors and corrects B so that BA tracks the mean of the clients' products.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.Product];

    public Capabilities Capabilities { get; } = new() { LinearSum = true, MixedRanks = true, KeepsGauge = true, PublishesMeans = true };

    public IGroupRule Configure(StrictObject options) => new LoraFairRule(LoraFairOptions.Read(options));
}
