using System.Security.Cryptography;
using Federated.Aggregators.Adapters;
using Federated.Client.Data;
using Federated.Client.Faults;
using Federated.Client.Privacy;
using Federated.Client.Telemetry;
using Federated.Client.Training;
using Federated.Client.Transport;
using Federated.Client.Transport.Messages;
using Federated.Privacy.Mechanisms;

namespace Federated.Client.Rounds;

/// <summary>Does the work of the queue, one assignment after another, on the device.</summary>
sealed class AssignmentRunner(string clientId, IWorksite site, IDevice device, StartPointLoader loader, ClientBooks books)
{
    /// <summary>Called after an update has been written to the outbox, and after work has left the queue.</summary>
    public event Action? Progressed;

    public async Task RunAsync(ClientRuntime runtime, Backoff backoff, CancellationToken stopping)
    {
        using var progress = new ProgressReports(books.Outgoing.Post, id => books.Work.Contains(id) || books.Outbox.Contains(id), runtime.Time);
        while (await books.Work.NextAsync(stopping) is { } item)
        {
            var kind = item.Assignment.Train is null ? "evaluate" : "train";
            using var span = ClientTelemetry.Assignment(kind, item.Assignment.Id, item.Assignment.TraceParent);
            var outcome = "failed";
            try
            {
                await Persist(item, progress, runtime, backoff);
                outcome = "done";
            }
            catch (OperationCanceledException) when (item.Cancelled.IsCancellationRequested || stopping.IsCancellationRequested)
            {
                // Whoever cancelled it has said so, or the process stops.
                outcome = "cancelled";
            }
            catch (ClientFault fault)
            {
                Fail(item.Assignment.Id, fault.Code, fault.Message, runtime.Log);
            }
            catch (LinkException e)
            {
                Fail(item.Assignment.Id, "F543", $"What the assignment names cannot be fetched: {e.Message}", runtime.Log);
            }
            catch (IOException e)
            {
                runtime.Log.Failed(item.Assignment.Id, "F530", e.Message);
                books.Outgoing.Post(new ClientReport.Failed(item.Assignment.Id, "F530", "The site could not store its update."));
            }
            // Whatever libtorch or a codec makes of one assignment must not end the daemon; details stay at the site.
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                runtime.Log.Failed(item.Assignment.Id, "F551", e.ToString().ReplaceLineEndings(" "));
                books.Outgoing.Post(new ClientReport.Failed(item.Assignment.Id, "F551", "The work could not be done; the site's log says why."));
            }
            finally
            {
                ClientTelemetry.Ended(kind, outcome);
                books.Work.Remove(item);
                Progressed?.Invoke();
            }
        }
    }

    /// <summary>A lost connection is no failure of the assignment: what it names is fetched again until it is cancelled.</summary>
    async Task Persist(WorkItem item, ProgressReports progress, ClientRuntime runtime, Backoff backoff)
    {
        while (true)
        {
            try
            {
                await Execute(item, progress, runtime);
                return;
            }
            catch (LinkException e) when (e.Failure == LinkFailure.Unavailable)
            {
                await Task.Delay(backoff.Next(), runtime.Time, item.Cancelled);
            }
        }
    }

    async Task Execute(WorkItem item, ProgressReports progress, ClientRuntime runtime)
    {
        var work = item.Assignment;
        Report(progress, work, "download", 0, 0, double.NaN);
        StartPoint start;
        using (ClientTelemetry.Begin("download"))
            start = await loader.LoadAsync(work, item.Cancelled);
        if (work.Train is not null)
            await Train(item, start, progress, runtime);
        else
            await Evaluate(item, start, progress, runtime);
    }

    async Task Train(WorkItem item, StartPoint start, ProgressReports progress, ClientRuntime runtime)
    {
        var work = item.Assignment;
        var key = BatchOrder.RoundKey(work.Seed, work.RunId, work.Round, clientId);
        AdapterTensors trained;
        TrainReport report;
        using (ClientTelemetry.Begin("local-steps"))
        {
            (trained, report) = await device.RunAsync(() => site.Train(start, work.Train!, key,
                s => Report(progress, work, "train", s.Step, s.Steps, s.Loss), item.Cancelled), item.Cancelled);
        }
        runtime.Log.Trained(work.Id, report.Steps, report.Seconds, report.Loss);
        Report(progress, work, "encode", report.Steps, report.Steps, report.Loss);
        books.Traces.Keep(work.Id, System.Diagnostics.Activity.Current);
        using var encoding = ClientTelemetry.Begin("encode");
        var tell = books.Runs.MayTell(work.RunId);
        var delta = UpdateBuilder.Delta(start.Values, trained);
        if (ErrorFeedback.Uses(work.Encoding))
        {
            await books.Outbox.SettledAsync(work.RunId, item.Cancelled);
            ErrorFeedback.Add(books.Outbox.LeftOut(work.RunId), work.Gauge, delta);
        }
        if (work.Mechanism is { } mechanism)
        {
            // Counted before anything is written that could leave: a crash in between costs too much, never too little.
            books.Ledger.Spend(work.RunId, work.Id, mechanism.Event(work.Train!, site.TrainingSamples));
            mechanism.Disturb(delta, new NoiseKey(RandomNumberGenerator.GetBytes(32)));
        }
        if (!await device.RunAsync(() => new ReleaseGate(site, runtime.Log).Admits(work, key, delta), item.Cancelled))
            return;
        var (header, tensors, leftOut) = UpdateBuilder.Build(work, clientId, delta, tell ? site.TrainingSamples : 0, tell ? report.Loss : double.NaN,
            tell && work.Train!.TellCost ? new TrainCost(report.Seconds, report.PeakBytes) : null, tell ? Measured(report) : null);
        item.Cancelled.ThrowIfCancellationRequested();
        books.Outbox.Add(work.Id, work.RunId, header, tensors, leftOut);
        Report(progress, work, "upload", report.Steps, report.Steps, report.Loss);
    }

    DeviceMeasurement? Measured(TrainReport report) => report.Measurement is not { } measured ? null
        : new DeviceMeasurement(device.Describe(0).MemoryBytes, books.Link.Up, books.Link.Down, measured);

    async Task Evaluate(WorkItem item, StartPoint version, ProgressReports progress, ClientRuntime runtime)
    {
        var (work, settings) = (item.Assignment, item.Assignment.Evaluate!);
        using var evaluating = ClientTelemetry.Begin("local-evaluation");
        var sums = await device.RunAsync(() => site.Evaluate(version, settings.BatchSize, settings.MaxSamples,
            done => Report(progress, work, "evaluate", done, site.EvaluationSamples, double.NaN), item.Cancelled), item.Cancelled);
        runtime.Log.Evaluated(work.Id, sums.Samples, sums.Accuracy);
        books.Outgoing.Post(new ClientReport.Evaluated(work.Id, sums));
    }

    void Report(ProgressReports progress, WorkAssignment work, string phase, int step, int steps, double loss) =>
        progress.Tell(new ClientReport.Progress(work.Id, phase, step, steps, books.Runs.MayTell(work.RunId) ? loss : double.NaN));

    void Fail(string assignmentId, string code, string message, ClientLog log)
    {
        log.Failed(assignmentId, code, message);
        books.Outgoing.Post(new ClientReport.Failed(assignmentId, code, message));
    }
}
