using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Strategies.Mean;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.FfaLora;

/// <summary>FFA-LoRA (arXiv 2403.12313): A stays at its shared start; B alone is trained and averaged, which is exact.</summary>
sealed class FfaLoraStrategy : IGroupStrategy
{
    public string Name => "ffa-lora";

    public string Summary => "Trains and averages B only; exact, sum-only, noise enters linearly.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.Product];

    public Capabilities Capabilities { get; } = new() { LinearSum = true, Exact = true, Asynchronous = true, KeepsGauge = true, PublishesMeans = true, NeedsSharedFactor = true, DownLink = new(0.5, 0) };

    public IGroupRule Configure(StrictObject options) => new OneFactorRule((form, _) => form.Left);
}
