using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.LoraA2;

/// <summary>LoRA-A2 (arXiv 2410.22815): factors in turns as in RoLoRA, and each client sends only the rank slices that matter most to it.</summary>
sealed class LoraA2Strategy : IGroupStrategy
{
    public string Name => "lora-a2";

    public string Summary => "Trains B and A in turns and averages each rank slice over the clients that sent it; exact where all send all.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.Product];

    public Capabilities Capabilities { get; } = new() { Exact = true, KeepsGauge = true, NeedsSharedFactor = true, DownLink = new(0.5, 0) };

    public IGroupRule Configure(StrictObject options) => new LoraA2Rule();
}
