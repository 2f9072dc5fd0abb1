using Federated.Aggregators.Adapters;
using Federated.Aggregators.Numerics;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Sums;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage;

namespace Federated.Server.Aggregation;

/// <summary>
/// Folds exactly what a record names, from memory-mapped spools: the same record gives the same bytes, now or later. A large adapter is folded part by part where
/// no weight and no noise depends on all parts at once, so that neither version nor result is ever in memory as a whole.
/// </summary>
sealed class RecordedFold(IBlobStore blobs, IUpdateSpools spools, AdapterCache adapters, WorkerOptions options)
{
    const long SmallElements = 1 << 19;

    /// <summary>Maps what a record names.</summary>
    /// <exception cref="UpdatesLostException">Accepted updates are missing or corrupt.</exception>
    public RecordedUpdates Open(FoldOrder order) => new(order, blobs, spools, adapters);

    /// <param name="updates">Of the record.</param>
    /// <param name="start">What the round starts from.</param>
    /// <param name="diagnose">Whether the result is to have diagnostics; on one thread, because nobody waits for them.</param>
    /// <param name="take">Takes each part of the result, in order; nothing keeps a part for it.</param>
    /// <param name="stopping">Ends the fold.</param>
    /// <returns>What concerns all parts.</returns>
    /// <exception cref="FoldRefusedException">The updates cannot be combined; parts that were taken mean nothing then.</exception>
    public FoldSummary Run(RecordedUpdates updates, RecordedStart start, bool diagnose, Action<FoldResult> take, CancellationToken stopping)
    {
        var composition = StrategyCatalog.Default.Compose(updates.Order.Spec.Strategy);
        var versions = new SpareArrays<float>();
        var limits = new FoldLimits(diagnose || IsSmall(start.Layout, updates.Count) ? 1 : options.Threads, options.MemoryBytes, diagnose) { Working = new SpareArrays<double>(), Results = versions };
        var summary = new FoldSummary(start.State);
        foreach (var part in AdapterParts.OfFold(start.Layout, updates.Order.Spec, updates.Count, options.PartBytes))
        {
            var input = new FoldInput(start.Read(part, versions), updates.Of(part)) { State = start.State, Mechanism = start.Mechanism, Round = updates.Order.Plan.FoldRound };
            var result = input.Contributions.Count == 0 ? Unchanged(input) : new Fold(composition).Run(input, limits, stopping);
            summary.Add(result);
            take(result);
            if (part == start.Layout)
                continue;
            updates.Release(part);
            versions.TakeBack();
        }
        return summary;
    }

    // A thread is woken for as long as such a fold takes.
    static bool IsSmall(AdapterLayout layout, int updates) => layout.TotalElements * updates <= SmallElements;

    static FoldResult Unchanged(FoldInput input) => new(input.Previous, [], input.State, [.. input.Previous.Layout.Groups.Select(g => new GroupDiagnostics(g.Group.Name, 0))], []);
}

/// <param name="Layout">Of the version that the round started from.</param>
/// <param name="Read">Reads a part of its values into an array of those given, or gives what it has.</param>
/// <param name="State">What the strategy remembers.</param>
/// <param name="Mechanism">The server's noise; null where it adds none.</param>
sealed record RecordedStart(AdapterLayout Layout, Func<AdapterLayout, SpareArrays<float>, AdapterTensors> Read, StrategyState State, ISumMechanism? Mechanism);
