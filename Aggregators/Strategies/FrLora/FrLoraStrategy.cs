using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.FrLora;

/// <summary>FRLoRA (ICLR 2025): each round's low-rank change goes into the base, and the factors start again from their first values.</summary>
sealed class FrLoraStrategy : IGroupStrategy
{
    public string Name => "frlora";

    public string Summary => "Adds each round's change to the base and starts again from the first factors (made for a principal SVD start).";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.Product];

    public Capabilities Capabilities { get; } = new() { LinearSum = true, MixedRanks = true, AddsOffsets = true, DownLink = new(2, 0) };

    public IGroupRule Configure(StrictObject options) => new FrLoraRule();
}
