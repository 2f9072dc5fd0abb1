using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.FedExLora;

/// <summary>FedEx-LoRA (arXiv 2410.09432): averages the factors and puts the residual M - BA into the base.</summary>
sealed class FedExLoraStrategy : IGroupStrategy
{
    public string Name => "fedex-lora";

    public string Summary => "Averages the factors and adds the exact residual, or its best part of a given rank, to the base.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.Product];

    public Capabilities Capabilities { get; } = new() { Exact = true, MixedRanks = true, KeepsGauge = true, AddsOffsets = true, DownLink = new(0, 1) };

    public IGroupRule Configure(StrictObject options) => new FedExLoraRule((int)options.Integer("residual_rank", 0, 65_536, 0));
}
