using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.Flora;

/// <summary>FLoRA (arXiv 2409.05976): the clients' factors are stacked into the base, and everyone starts again from fresh factors.</summary>
sealed class FloraStrategy : IGroupStrategy
{
    public string Name => "flora";

    public string Summary => "Stacks all clients' factors into the base and starts again; exact for any ranks, grows every round.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.Product];

    public Capabilities Capabilities { get; } = new() { Exact = true, MixedRanks = true, AddsOffsets = true, DownLink = new(1, 1) };

    public IGroupRule Configure(StrictObject options) => new FloraRule((ulong)options.Integer("seed", 0, long.MaxValue, 0));
}
