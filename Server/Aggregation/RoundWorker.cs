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
            var start = new RecordedStart(adapter.Layout, (part, spare) => _cache.Read(order.Plan.Run, part, order.VersionIn, spare), state, noise?.Mechanism);
            using var updates = fold.Open(order);
            return new RoundCommand.FoldCompleted(Folded(updates, adapter, start, noise, stopping));
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
            var start = new RecordedStart(adapter.Layout, (part, spare) => GroupFiles.Read(blobs, part, order.VersionIn, spare), state, RoundNoise.Of(order, state, secrets)?.Mechanism);
            using var updates = fold.Open(order);
            return new RoundCommand.Diagnosed(order.Plan.Round, DiagnosticsJson.Write(fold.Run(updates, start, true, _ => { }, stopping).Diagnostics));
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

    FoldedVersion Folded(RecordedUpdates updates, RunAdapter adapter, RecordedStart start, RoundNoise? noise, CancellationToken stopping)
    {
        var (order, batch) = (updates.Order, blobs.Begin());
        var (groups, offsets) = (new List<GroupInfo>(), new List<GroupInfo>());
        var summary = fold.Run(updates, start, false, Take, stopping);
        return new FoldedVersion(groups, GroupFiles.WriteState(batch, noise?.Keep(summary.State) ?? summary.State), DiagnosticsJson.Write(summary.Diagnostics), batch)
        {
            Offsets = offsets,
            LeakageJson = order.Spec.ProbePack is { } pack ? LeakIndicators.Write(_packs.Get(pack), adapter.Layout, updates.Of(adapter.Layout)) : null,
        };

        void Take(FoldResult part)
        {
            groups.AddRange(GroupFiles.Write(batch, part.Tensors));
            offsets.AddRange(GroupFiles.Write(batch, part.Offsets));
            if (part.Tensors.Layout.Groups.Count == adapter.Layout.Groups.Count)
                _cache.Keep(order.Plan.Run, part.Tensors, groups);
        }
    }
}
