using Federated.Aggregators.Adapters;
using Federated.Aggregators.Numerics;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies;

/// <summary>
/// Combines accepted updates into the next version: the one entry point for server, command line and simulator. The result is a pure function of the
/// composition and the input; threads, memory and the order of the contributions change no bit.
/// </summary>
public sealed class Fold(Composition composition)
{
    /// <summary>Runs the fold.</summary>
    /// <exception cref="FoldRefusedException">The contributions cannot be folded: none, an assignment twice, another schema, a rank above the version's, weights that sum to 0, stale ones under a rule that cannot take them, or a result that is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A limit lies outside its range.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public FoldResult Run(FoldInput input, FoldLimits limits, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.Threads, 1, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limits.Threads, 256, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.MemoryBytes, 16L << 20, nameof(limits));
        var contributions = FoldOrder.Of(input);
        var work = new WorkPool(limits.Threads, limits.MemoryBytes, cancellation);
        ClientDifference[] clients = [.. contributions.Select(c => new ClientDifference(c, input.Previous))];
        var mechanism = input.Mechanism is { } m ? new MechanismRun(m, input.Previous.Layout) : null;
        var weights = mechanism?.Weights(clients) ?? FoldWeights.Of(composition.Weigher, new RoundMeasure(input.Previous, clients, work), clients, input.Previous.Layout);
        FoldAges.Require(composition, contributions, input.Previous.Layout, weights.Shortened);
        var run = new FoldRun(composition, input, work, limits, mechanism);
        foreach (var group in input.Previous.Layout.Groups)
            run.Fold(group, clients, weights.Shares);
        return run.Result(Used(contributions, weights.Shares));
    }

    static ClientWeight[] Used(IReadOnlyList<Contribution> contributions, double[,] weights) =>
        [.. contributions.Select((c, k) => new ClientWeight(c.ClientId, [.. Enumerable.Range(0, weights.GetLength(1)).Select(g => weights[k, g])]) { Assignment = c.Assignment })];
}
