using System.Collections.Immutable;
using System.Text;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Numerics;
using Federated.Aggregators.Strategies;
using Federated.Server.Faults;
using Federated.Server.Privacy;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage;

namespace Federated.Server.Aggregation;

/// <summary>Folds a recorded round again, with its own strategy or another, and says how far the results lie apart. Nothing is published.</summary>
sealed class RoundReplay(IBlobStore blobs, IRunStore store, AdapterCache adapters, RecordedFold fold, IRunSecrets secrets)
{
    /// <param name="run">The run.</param>
    /// <param name="round">A published round, 1 or more.</param>
    /// <param name="strategy">A bundle's name; null replays the recorded strategy, which must give the published bytes.</param>
    /// <param name="stopping">Ends the fold.</param>
    /// <exception cref="FaultException">The round has no record, its updates are gone, or the strategy cannot fold them.</exception>
    public async Task<ReplayReport> RunAsync(RoundState run, int round, string? strategy, CancellationToken stopping)
    {
        var recorded = await RecordAsync(run, round, stopping);
        var published = await VersionAsync(run.Run, recorded.VersionIn.Version + 1, stopping);
        var order = strategy is null ? recorded : recorded with { Spec = Admitted(recorded, strategy) };
        return await Task.Run(() => Compare(recorded, order, published, stopping), stopping);
    }

    ReplayReport Compare(FoldOrder recorded, FoldOrder order, VersionInfo published, CancellationToken stopping)
    {
        var layout = adapters.Get(order.VersionIn.SchemaDigest, order.VersionIn.PlanDigest).Layout;
        // Another strategy remembers nothing of the rounds before.
        var state = order.Spec == recorded.Spec ? GroupFiles.ReadState(blobs, order.VersionIn.StateDigest) : StrategyState.Empty;
        var start = new RecordedStart(layout, (part, spare) => GroupFiles.Read(blobs, part, order.VersionIn, spare), state, RoundNoise.Of(order, state, secrets)?.Mechanism);
        ImmutableArray<GroupInfo> added = [.. published.Offsets.Skip(order.VersionIn.Offsets.Length)];
        var groups = new List<(ReplayedGroup Group, bool Identical)>();
        Fold(order, start, part => groups.AddRange(Compare(start, part, published with { Offsets = added })), stopping);
        return new ReplayReport(order.Plan.Run, order.Plan.Round, StrategyJson.NameOf(recorded.Spec.Strategy), StrategyJson.NameOf(order.Spec.Strategy),
            groups.All(g => g.Identical), [.. groups.Select(g => g.Group)]);
    }

    IEnumerable<(ReplayedGroup Group, bool Identical)> Compare(RecordedStart start, FoldResult part, VersionInfo published)
    {
        var layout = part.Tensors.Layout;
        var offsets = published with { Offsets = [.. published.Offsets.Where(o => layout.Groups.Any(g => g.Group.Name == o.Group))] };
        var before = new GroupValues(start.Read(layout, new SpareArrays<float>()), []);
        var (was, now) = (new GroupValues(GroupFiles.Read(blobs, layout, published), GroupFiles.ReadOffsets(blobs, layout, offsets)), new GroupValues(part.Tensors, part.Offsets));
        foreach (var group in layout.Groups)
        {
            var identical = now.Digests(group).SequenceEqual(published.Groups.Concat(offsets.Offsets).Where(g => g.Group == group.Group.Name).Select(g => g.Digest));
            yield return (new ReplayedGroup(group.Group.Name, was.Distance(before, group), now.Distance(before, group), identical ? 0 : now.Distance(was, group)), identical);
        }
    }

    void Fold(FoldOrder order, RecordedStart start, Action<FoldResult> take, CancellationToken stopping)
    {
        try
        {
            using var updates = fold.Open(order);
            fold.Run(updates, start, false, take, stopping);
        }
        catch (FoldRefusedException e)
        {
            throw new FaultException(Fault.FoldFailed, e.Message, e);
        }
        catch (UpdatesLostException e)
        {
            throw new FaultException(Fault.UpdatesGone, $"Round {order.Plan.Round} of run '{order.Plan.Run}' lacks {e.Clients.Count} of its updates; keepUpdates keeps them.", e);
        }
    }

    async Task<FoldOrder> RecordAsync(RoundState run, int round, CancellationToken stopping)
    {
        var row = (await store.RoundsAsync(run.Run, stopping)).FirstOrDefault(r => r.Round == round);
        return row is null || await RoundRestore.OrderAsync(store, run.Spec, row, stopping) is not { } order
            ? throw new FaultException(Fault.VersionNotFound, $"Round {round} of run '{run.Run}' has published nothing that could be folded again.")
            : order;
    }

    RunSpec Admitted(FoldOrder order, string strategy)
    {
        var spec = FoldSpec.Of(strategy);
        var requirements = new FoldRequirements { LinearSum = order.Spec.Privacy is { IsCentral: true }, Asynchronous = order.Accepted.Updates.Any(u => u.StartVersion is not null) };
        var refusals = StrategyCatalog.Default.Refusals(spec, requirements, adapters.Get(order.VersionIn.SchemaDigest, order.VersionIn.PlanDigest).Schema);
        return refusals.Count == 0 ? order.Spec with { Strategy = spec } : throw new FaultException(Fault.StrategyRefused, string.Join(" ", refusals));
    }

    async Task<VersionInfo> VersionAsync(string run, int version, CancellationToken stopping) =>
        RoundRestore.Version(await store.VersionAsync(run, version, stopping) ?? throw new FaultException(Fault.VersionNotFound, $"Run '{run}' has no version {version}."));
}

/// <summary>How two folds of the same updates differ.</summary>
/// <param name="Run">The run.</param>
/// <param name="Round">The round.</param>
/// <param name="Recorded">The strategy that published.</param>
/// <param name="Strategy">The one that folded now.</param>
/// <param name="Identical">Whether every byte is the same.</param>
/// <param name="Groups">One for each group of the adapter.</param>
sealed record ReplayReport(string Run, int Round, string Recorded, string Strategy, bool Identical, IReadOnlyList<ReplayedGroup> Groups);

/// <summary>Frobenius norms; of the effective product where the group is a product.</summary>
/// <param name="Group">Its name.</param>
/// <param name="RecordedChange">Of the published version from the one before.</param>
/// <param name="ReplayedChange">Of the replayed one from the one before.</param>
/// <param name="Difference">Of the two from each other.</param>
sealed record ReplayedGroup(string Group, double RecordedChange, double ReplayedChange, double Difference);
