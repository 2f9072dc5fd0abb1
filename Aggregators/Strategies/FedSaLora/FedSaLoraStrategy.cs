using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Strategies.Mean;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.FedSaLora;

/// <summary>FedSA-LoRA (arXiv 2410.01463): A is shared and averaged; every site keeps its own B, so there is no single global model.</summary>
sealed class FedSaLoraStrategy : IGroupStrategy
{
    public string Name => "fedsa-lora";

    public string Summary => "Averages A only; each site keeps its own B.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.Product];

    public Capabilities Capabilities { get; } = new() { LinearSum = true, Asynchronous = true, KeepsGauge = true, DownLink = new(0.5, 0) };

    public IGroupRule Configure(StrictObject options) => new OneFactorRule((form, _) => form.Right);
}
