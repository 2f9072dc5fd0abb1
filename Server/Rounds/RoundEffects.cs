using Federated.Server.Fleet.Messages;

namespace Federated.Server.Rounds;

/// <summary>Carries out what the machine decided, once it is durable.</summary>
sealed class RoundEffects(RoundServices services, ILogger logger, Action<RoundCommand> post, CancellationToken stopping)
{
    public required RoundTrace Trace { get; init; }

    readonly Lock _gate = new();
    EarlyFold? _early;
    EarlyFold? _fold;
    Task _work = Task.CompletedTask;
    Task _export = Task.CompletedTask;
    Task _diagnosing = Task.CompletedTask;
    readonly SpareTime _forDiagnosis = new(services.Time, stopping);
    readonly SpareTime _forExport = new(services.Time, stopping);
    readonly SpentUpdates _spent = new(services, logger);
    readonly AssignmentBlobs _blobs = new(services);
    VersionInfo? _toExport;
    int _exporting;

    /// <summary>Begins what nobody hears of before the step is durable.</summary>
    public void Prepare(StepResult step)
    {
        if (step.Effects.OfType<RoundEffect.StartFold>().FirstOrDefault() is { } fold)
            Foresee(fold.Order);
    }

    /// <summary>Begins a fold that will follow: it and the version that it makes take as long as its last update takes to become durable. Called from any thread.</summary>
    public void Foresee(FoldOrder order)
    {
        lock (_gate)
        {
            if (_early?.IsOf(order) == true)
                return;
            _early?.Forget();
            _early = new EarlyFold(order, services.Worker, stopping);
        }
    }

    /// <summary>What was begun will not follow, at least not of the same bytes.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _early?.Forget();
            _early = null;
        }
    }

    public void Carry(RoundEffect effect, RoundState state, long nowMs)
    {
        switch (effect)
        {
            case RoundEffect.PushTrain push:
                var train = RoundOrders.Train(state, push.Work, nowMs, Trace.ParentOf(push.Work.StartRound));
                Push(push.Client, train.Order, state.StartOf(push.Work), order => train with { Order = order });
                break;
            case RoundEffect.PushEvaluate push:
                var evaluate = RoundOrders.Evaluate(state, push.Evaluation, push.Entry, nowMs, Trace.ParentOf(push.Evaluation.Version));
                Push(push.Client, evaluate.Order, push.Evaluation.Target, order => evaluate with { Order = order });
                break;
            case RoundEffect.CancelAssignment cancel:
                services.Clients.TrySend(cancel.Client, new ServerSays.Cancel(cancel.AssignmentId, cancel.Reason));
                break;
            case RoundEffect.StartFold fold:
                _fold = Begun(fold.Order);
                _work = WorkAsync(_fold.Folding);
                break;
            case RoundEffect.WriteVersion:
                _work = WorkAsync(_fold!.Writing);
                break;
            case RoundEffect.AwaitDiagnosis:
                _diagnosing = WorkAsync(DueAsync());
                break;
            case RoundEffect.StartDiagnosis start:
                _diagnosing = WorkAsync(_forDiagnosis.WorkAsync(ends => services.Worker.DiagnoseAsync(start.Order, ends)));
                break;
            case RoundEffect.VersionPublished published:
                logger.VersionPublished(state.Run, published.Version.Version, published.Version.ManifestDigest);
                Export(state, published.Version);
                break;
            case RoundEffect.RunEnded ended:
                foreach (var client in state.Fleet.Keys)
                    services.Clients.TrySend(client, new ServerSays.RunEnded(state.Run, ended.Outcome, state.Version.ManifestDigest));
                break;
            case RoundEffect.DeleteSpools delete when !state.Spec.KeepUpdates && !services.KeepUpdates:
                _spent.DeleteThrough(state.Run, delete.ThroughRound);
                if (state.IsTerminal)
                    _spent.Trim(state.Run);
                break;
        }
    }

    /// <summary>Logs and counts what a step decided.</summary>
    public void Report(StepResult step, RoundCommand command)
    {
        switch (command)
        {
            case RoundCommand.UpdateArrived update:
                ReportUpdate(step, update);
                break;
            case RoundCommand.UpdateRefused:
                services.Metrics.Update(step.State.Run, "rejected");
                break;
            case RoundCommand.WorkInterrupted interrupted:
                logger.WorkInterrupted(step.State.Run, step.State.Round, interrupted.Reason.Code, interrupted.Reason.Message);
                break;
            case RoundCommand.VersionWritten when step.Effects.OfType<RoundEffect.VersionPublished>().FirstOrDefault() is { } published:
                services.Metrics.Round(step.State.Run, "published");
                services.Metrics.RoundSeconds(step.State.Run, published.Seconds);
                break;
        }
        if (step.Effects.OfType<RoundEffect.AttemptFailed>().FirstOrDefault() is { } failed)
        {
            services.Metrics.Round(step.State.Run, "failed");
            logger.AttemptFailed(step.State.Run, failed.Round, failed.Attempt, failed.Reason.Code, failed.Reason.Message);
        }
        if (step.Outcome.Refusal is { } refusal)
            services.Metrics.Refused(refusal);
    }

    public Task DrainAsync()
    {
        lock (_gate)
            return Task.WhenAll(_work, _early?.Over ?? Task.CompletedTask, _fold?.Over ?? Task.CompletedTask, _export, _diagnosing, _spent.DrainAsync());
    }

    EarlyFold Begun(FoldOrder order)
    {
        lock (_gate)
        {
            Foresee(order);
            var begun = _early!;
            _early = null;
            return begun;
        }
    }

    void Push(string client, WorkOrder order, VersionInfo start, Func<WorkOrder, ServerSays> say)
    {
        if (services.Clients.Find(client) is { } connected)
            connected.TrySend(say(_blobs.Complete(order, start, connected)));
    }

    void ReportUpdate(StepResult step, RoundCommand.UpdateArrived update)
    {
        var state = step.State;
        switch (step.Outcome.Kind)
        {
            case OutcomeKind.Done:
                services.Metrics.Update(state.Run, "accepted");
                logger.UpdateAccepted(state.Run, state.Round, update.Client, state.AcceptedCount, state.Quorum);
                break;
            case OutcomeKind.Rejected or OutcomeKind.Discarded:
                services.Metrics.Update(state.Run, step.Outcome.Kind == OutcomeKind.Rejected ? "rejected" : "discarded");
                logger.UpdateNotTaken(state.Run, update.Client, step.Outcome.Refusal!.Code, step.Outcome.Refusal.Message);
                break;
        }
    }

    async Task<RoundCommand> DueAsync()
    {
        await _forDiagnosis.RestAsync();
        return new RoundCommand.DiagnosisDue();
    }

    async Task WorkAsync(Task<RoundCommand> work)
    {
        try
        {
            post(await work);
        }
        catch (OperationCanceledException)
        {
            // The server stops; the work is redone from the record.
        }
    }

    // Rounds of a few milliseconds outrun the export; then only the newest version is worth a folder before somebody asks for another.
    void Export(RoundState state, VersionInfo version)
    {
        Interlocked.Exchange(ref _toExport, version);
        if (Interlocked.Exchange(ref _exporting, 1) == 0)
            _export = ExportNewestAsync(state);
    }

    async Task ExportNewestAsync(RoundState state)
    {
        try
        {
            do
            {
                await _forExport.RestAsync();
                await _forExport.WorkAsync(ends => ExportOneAsync(state, ends));
                Interlocked.Exchange(ref _exporting, 0);
            }
            // A version that came in this moment is exported by whoever sees it first.
            while (Volatile.Read(ref _toExport) is not null && Interlocked.Exchange(ref _exporting, 1) == 0);
        }
        catch (OperationCanceledException)
        {
            // The server stops; a folder is made again when somebody asks for it.
        }
    }

    async Task<bool> ExportOneAsync(RoundState state, CancellationToken ends)
    {
        if (Interlocked.Exchange(ref _toExport, null) is not { } version)
            return false;
        try
        {
            await services.Worker.ExportAsync(state, version, ends);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.ExportFailed(state.Run, version.Version, e);
            return false;
        }
    }
}
