using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies;

/// <summary>Everything that the published bytes depend on, besides the composition.</summary>
/// <param name="Previous">The version that the round started from.</param>
/// <param name="Contributions">1 or more accepted updates, in any order.</param>
public sealed record FoldInput(AdapterTensors Previous, IReadOnlyList<Contribution> Contributions)
{
    /// <summary>What the previous fold returned.</summary>
    public StrategyState State { get; init; } = StrategyState.Empty;

    /// <summary>Bounds every client's terms and disturbs every sum; null folds them as they are. Needs rules of linear sums.</summary>
    public ISumMechanism? Mechanism { get; init; }

    /// <summary>The round's number, 0 or more.</summary>
    public long Round { get; init; }
}
