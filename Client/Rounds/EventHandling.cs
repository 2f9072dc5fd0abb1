using Federated.Client.Configuration;
using Federated.Client.Faults;
using Federated.Client.Transport;
using Federated.Client.Transport.Messages;

namespace Federated.Client.Rounds;

/// <summary>What the coordinator's messages make the client do.</summary>
sealed class EventHandling(ClientConfiguration configuration, IWorksite site, StartPointLoader loader, ClientBooks books, ClientRuntime runtime)
{
    readonly RunFilter _filter = new(configuration.Runs);
    readonly AdmissionRules _admission = new(configuration, site, books);
    readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly List<Task> _joining = [];
    CancellationToken _connected;
    bool _wasConnected;
    string _lastRefusal = "";

    /// <summary>Completes when nothing more is to come, where the configuration asks for an end; fails when every run was refused.</summary>
    public Task Idle => _idle.Task;

    public void Begin(ServerEvent.Welcome welcome, CancellationToken connected)
    {
        (_connected, _wasConnected) = (connected, true);
        foreach (var run in welcome.Runs)
            Offer(run);
    }

    /// <summary>Waits for what the connection's end has cut off.</summary>
    public Task EndAsync()
    {
        var joining = _joining.ToArray();
        _joining.Clear();
        return Task.WhenAll(joining);
    }

    /// <summary>Whether there was a connection since the last call.</summary>
    public bool TakeWasConnected() => (_wasConnected, _wasConnected = false).Item1;

    /// <returns>Whether the outbox should be looked at.</returns>
    public bool Handle(ServerEvent received)
    {
        switch (received)
        {
            case ServerEvent.Offered offered:
                Offer(offered.Run);
                return false;
            case ServerEvent.JoinAnswered answer:
                Answered(answer);
                return false;
            case ServerEvent.Assigned assigned:
                return Assign(assigned.Work);
            case ServerEvent.Cancelled cancelled:
                runtime.Log.Cancelled(cancelled.AssignmentId, cancelled.Reason);
                books.Work.Cancel(w => w.Id == cancelled.AssignmentId);
                books.Outbox.Remove(cancelled.AssignmentId);
                return false;
            case ServerEvent.RunEnded ended:
                End(ended.RunId, ended.Outcome);
                return false;
            case ServerEvent.Refused refused:
                runtime.Log.Refused(refused.Code, refused.Message, refused.Subject);
                return false;
            default:
                return false;
        }
    }

    public void CheckIdle()
    {
        if (!configuration.ExitWhenIdle || !books.Runs.AllOver || books.Outbox.Entries.Count > 0 || books.Work.Ids.Count > 0)
            return;
        if (books.Runs.OnlyRefusals)
            _idle.TrySetException(new ClientFault("F523", ClientExit.Failed, _lastRefusal));
        else
            _idle.TrySetResult();
    }

    void Offer(RunOffer run)
    {
        if (_filter.Wants(run.RunId))
            _joining.Add(Join(run, _connected));
    }

    async Task Join(RunOffer run, CancellationToken connected)
    {
        var backoff = new Backoff(configuration.Reconnect, runtime.Random);
        while (true)
        {
            try
            {
                if (run.BaseDigest != site.BaseDigest)
                    throw ClientFaults.RunMismatch(run.RunId, $"it is for the base with digest {run.BaseDigest}; this site holds {site.BaseDigest}.");
                site.Check(await loader.SchemaAsync(run.SchemaDigest, connected));
                books.Runs.Set(run.RunId, RunStanding.Asked, run.Trust);
                var tell = books.Runs.MayTell(run.RunId);
                books.Outgoing.Post(new ClientReport.Join(run.RunId, site.BaseDigest, run.SchemaDigest,
                    tell ? site.TrainingSamples : 0, tell ? site.EvaluationSamples : 0));
                return;
            }
            catch (Exception e) when (e is LinkException { Failure: LinkFailure.Unavailable } or IOException or UnauthorizedAccessException
                && !connected.IsCancellationRequested)
            {
                runtime.Log.NotJoined(run.RunId, $"{e.Message} Trying again.");
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e) when (e is ClientFault or LinkException)
            {
                Refuse(run.RunId, e.Message);
                return;
            }
            if (!await Wait(backoff.Next(), connected))
                return;
        }
    }

    async Task<bool> Wait(TimeSpan wait, CancellationToken connected)
    {
        try
        {
            await Task.Delay(wait, runtime.Time, connected);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    void Answered(ServerEvent.JoinAnswered answer)
    {
        // A run may end between its offer and the answer; that is no refusal.
        if (books.Runs.HasEnded(answer.RunId))
            return;
        if (!answer.Joined)
        {
            Refuse(answer.RunId, ClientFaults.RunMismatch(answer.RunId, answer.Refusal).Message);
            return;
        }
        books.Runs.Set(answer.RunId, RunStanding.Joined);
        runtime.Log.Joined(answer.RunId);
    }

    void Refuse(string run, string why)
    {
        _lastRefusal = why;
        runtime.Log.NotJoined(run, why);
        books.Runs.Set(run, RunStanding.Refused);
        CheckIdle();
    }

    bool Assign(WorkAssignment work)
    {
        var waiting = books.Outbox.Contains(work.Id);
        var reason = waiting || books.Work.Contains(work.Id) ? null
            : _filter.Wants(work.RunId) ? _admission.Objection(work) ?? Enqueue(work)
            : "this site does not join the run";
        if (reason is not null)
        {
            runtime.Log.Declined(work.Id, reason);
            books.Outgoing.Post(new ClientReport.Declined(work.Id, reason));
        }
        return waiting;
    }

    string? Enqueue(WorkAssignment work) => books.Work.TryAdd(work) ? null : "busy";

    void End(string run, string outcome)
    {
        runtime.Log.RunEnded(run, outcome);
        books.Work.Cancel(w => w.RunId == run);
        foreach (var entry in books.Outbox.Entries.Where(e => e.RunId == run))
            books.Outbox.Remove(entry.AssignmentId);
        books.Outbox.Forget(run);
        books.Runs.Set(run, RunStanding.Ended);
        CheckIdle();
    }
}
