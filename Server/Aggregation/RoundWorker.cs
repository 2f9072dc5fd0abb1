using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Server.Faults;
using Federated.Server.Privacy;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage;

namespace Federated.Server.Aggregation;

/// <summary>Folds on the thread pool, from memory-mapped spools, under the limits that the server was started with.</summary>
sealed class RoundWorker(IBlobStore blobs, IUpdateSpools spools, AdapterCache adapters, VersionWriter versions, WorkerOptions options, IRunSecrets secrets) : IRoundWorker
{
    readonly VersionCache _cache = new(blobs);
    readonly ProbePacks _packs = new(blobs);

    public Task<RoundCommand> FoldAsync(FoldOrder order, CancellationToken stopping) => Task.Run(() => Fold(order, stopping), stopping);

    public async Task<RoundCommand> WriteAsync(FoldOrder order, FoldedVersion folded, CancellationToken stopping)
    {
        try
        {
            var adapter = adapters.Get(order.VersionIn.SchemaDigest, order.VersionIn.PlanDigest);
            var next = adapter.For(StrategyCatalog.Default.Compose(order.Spec.Strategy), order.Plan.FoldRound + 1);
            var place = new VersionPlace(order.Plan.Run, order.VersionIn.Version + 1, order.VersionIn.ManifestDigest, order.VersionIn.Offsets);
            var version = await versions.WriteAsync(place, next, folded, stopping);
            return new RoundCommand.VersionWritten(version);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new RoundCommand.WorkInterrupted(FaultCatalog.ToRefusal(e));
        }
    }

    public Task ExportAsync(RoundState state, VersionInfo version, CancellationToken stopping) => options.PublishedFolder is { } folder
        ? Task.Run(() => new PublishedFolders(folder, blobs, adapters).Ensure(state.Spec, version), stopping)
        : Task.CompletedTask;

    RoundCommand Fold(FoldOrder order, CancellationToken stopping)
    {
        var open = new List<IUpdateBytes>();
        try
        {
            var adapter = adapters.Get(order.VersionIn.SchemaDigest, order.VersionIn.PlanDigest);
            var state = GroupFiles.ReadState(blobs, order.VersionIn.StateDigest);
            var noise = RoundNoise.Of(order, state, secrets);
            var input = new FoldInput(_cache.Read(order.Plan.Run, adapter.Layout, order.VersionIn), Contributions(order, open))
            {
                State = state,
                Mechanism = noise?.Mechanism,
                Round = order.Plan.FoldRound,
            };
            var composition = StrategyCatalog.Default.Compose(order.Spec.Strategy);
            var result = new Fold(composition).Run(input, new FoldLimits(options.Threads, options.MemoryBytes), stopping);
            var groups = GroupFiles.Write(result.Tensors);
            _cache.Keep(order.Plan.Run, result.Tensors, groups);
            var folded = new FoldedVersion(groups, GroupFiles.WriteState(noise?.Keep(result.State) ?? result.State), DiagnosticsJson.Write(result.Diagnostics))
            {
                Offsets = GroupFiles.Write(result.Offsets),
                LeakageJson = order.Spec.ProbePack is { } pack ? LeakIndicators.Write(_packs.Get(pack), adapter.Layout, input.Contributions) : null,
            };
            return new RoundCommand.FoldCompleted(folded);
        }
        catch (FoldRefusedException e)
        {
            return new RoundCommand.FoldRefused(new Refusal(Fault.FoldFailed, e.Message));
        }
        catch (Exception e) when (e is IOException or FaultException)
        {
            return new RoundCommand.WorkInterrupted(FaultCatalog.ToRefusal(e));
        }
        finally
        {
            open.ForEach(o => o.Dispose());
        }
    }

    List<Contribution> Contributions(FoldOrder order, List<IUpdateBytes> open)
    {
        var starts = new Dictionary<int, AdapterTensors>();
        return [.. order.Accepted.Updates.Select(u => Contribution(order, u, starts, open))];
    }

    Contribution Contribution(FoldOrder order, AcceptedUpdate update, Dictionary<int, AdapterTensors> starts, List<IUpdateBytes> open)
    {
        var start = order.StartOf(update);
        var layout = adapters.Get(start.SchemaDigest, start.PlanDigest).Layout;
        var encoding = UpdateEncodings.Of(order.Spec.Encoding);
        var bytes = spools.Read(new SpoolKey(order.Plan.Run, update.StartRound ?? order.Plan.Round, update.Digest));
        open.Add(bytes);
        // The header's length varies; the tensors are the last bytes, of a size that the layout fixes.
        var delta = new EncodedDelta(layout, encoding, bytes, bytes.Length - layout.Trained().EncodedBytes(encoding));
        var contribution = new Contribution(update.Client, update.Samples, layout, delta);
        if (update.StartVersion is not { } version)
            return contribution;
        if (!starts.TryGetValue(version, out var tensors))
            starts[version] = tensors = GroupFiles.Read(blobs, layout, start);
        return contribution with { Start = tensors, Staleness = order.VersionIn.Version - version };
    }
}
