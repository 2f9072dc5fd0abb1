using Federated.Aggregators.Strategies;
using Federated.Server.Faults;
using Federated.Server.Privacy;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage;

namespace Federated.Server.Aggregation;

/// <summary>Folds beside the loops, from memory-mapped spools, under the limits that the server was started with.</summary>
sealed class RoundWorker(IBlobStore blobs, AdapterCache adapters, VersionWriter versions, RecordedFold fold, WorkerOptions options, IRunSecrets secrets) : IRoundWorker
{
    readonly VersionCache _cache = new(blobs);
    readonly ProbePacks _packs = new(blobs);
    readonly LargeFolds _large = new();

    public Task<RoundCommand> FoldAsync(FoldOrder order, CancellationToken stopping) =>
        Task.Factory.StartNew(() => Fold(order, stopping), stopping, TaskCreationOptions.DenyChildAttach, options.Scheduler);

    public async Task<RoundCommand> WriteAsync(FoldOrder order, FoldedVersion folded, CancellationToken stopping)
    {
        try
        {
            var adapter = adapters.Get(order.VersionIn.SchemaDigest, order.VersionIn.PlanDigest);
            var next = adapter.For(StrategyCatalog.Default.Compose(order.Spec.Strategy), order.Plan.FoldRound + 1);
            var place = new VersionPlace(order.Plan.Run, order.VersionIn.Version + 1, order.VersionIn.ManifestDigest, order.VersionIn.Offsets);
            var version = await versions.WriteAsync(place, next, folded, stopping);
            if (order.Spec.Planning is not null && order.Reports.Count > 0)
                version = version with { Planning = await versions.Starts.WriteAsync(order, next, version, _cache.Read(order.Plan.Run, next.Layout, version), stopping) };
            return new RoundCommand.VersionWritten(version);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new RoundCommand.WorkInterrupted(FaultCatalog.ToRefusal(e));
        }
    }

    public Task<RoundCommand> DiagnoseAsync(FoldOrder order, CancellationToken stopping) =>
        Task.Factory.StartNew(() => Diagnose(order, stopping), stopping, TaskCreationOptions.DenyChildAttach, options.Scheduler);

    public Task ExportAsync(RoundState state, VersionInfo version, CancellationToken stopping) => options.PublishedFolder is { } folder
        ? Task.Run(() => new PublishedFolders(folder, blobs, adapters).Ensure(state.Spec, version), stopping)
        : Task.CompletedTask;

    RoundCommand Fold(FoldOrder order, CancellationToken stopping)
    {
        try
        {
            var adapter = adapters.Get(order.VersionIn.SchemaDigest, order.VersionIn.PlanDigest);
            using var turn = _large.Enter(adapter.Layout, stopping);
            var state = GroupFiles.ReadState(blobs, order.VersionIn.StateDigest);
            var noise = RoundNoise.Of(order, state, secrets);
            var start = new RecordedStart(_cache.Read(order.Plan.Run, adapter.Layout, order.VersionIn), state, noise?.Mechanism);
            return new RoundCommand.FoldCompleted(fold.Run(order, start, false, (result, contributions) => Folded(order, adapter, result, noise, contributions), stopping));
        }
        catch (FoldRefusedException e)
        {
            return new RoundCommand.FoldRefused(new Refusal(Fault.FoldFailed, e.Message));
        }
        catch (UpdatesLostException e)
        {
            return new RoundCommand.UpdatesLost(e.Clients, e.Reason);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FaultException)
        {
            return new RoundCommand.WorkInterrupted(FaultCatalog.ToRefusal(e));
        }
    }

    RoundCommand Diagnose(FoldOrder order, CancellationToken stopping)
    {
        try
        {
            var adapter = adapters.Get(order.VersionIn.SchemaDigest, order.VersionIn.PlanDigest);
            using var turn = _large.Enter(adapter.Layout, stopping);
            var state = GroupFiles.ReadState(blobs, order.VersionIn.StateDigest);
            var start = new RecordedStart(GroupFiles.Read(blobs, adapter.Layout, order.VersionIn), state, RoundNoise.Of(order, state, secrets)?.Mechanism);
            return new RoundCommand.Diagnosed(order.Plan.Round, fold.Run(order, start, true, (result, _) => DiagnosticsJson.Write(result.Diagnostics), stopping));
        }
        catch (UpdatesLostException e)
        {
            return new RoundCommand.NotDiagnosed(order.Plan.Round, e.Reason);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new RoundCommand.NotDiagnosed(order.Plan.Round, FaultCatalog.ToRefusal(e));
        }
    }

    FoldedVersion Folded(FoldOrder order, RunAdapter adapter, FoldResult result, RoundNoise? noise, IReadOnlyList<Contribution> contributions)
    {
        var groups = GroupFiles.Write(result.Tensors);
        _cache.Keep(order.Plan.Run, result.Tensors, groups);
        return new FoldedVersion(groups, GroupFiles.WriteState(noise?.Keep(result.State) ?? result.State), DiagnosticsJson.Write(result.Diagnostics))
        {
            Offsets = GroupFiles.Write(result.Offsets),
            LeakageJson = order.Spec.ProbePack is { } pack ? LeakIndicators.Write(_packs.Get(pack), adapter.Layout, contributions) : null,
        };
    }
}
