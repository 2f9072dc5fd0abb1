using System.Collections.Immutable;
using Federated.Server.Faults;

namespace Federated.Server.Rounds.Phases;

/// <summary>Takes updates until the quorum is there, the deadline has passed, or the minimum is out of reach.</summary>
static class CollectingPhase
{
    public static bool Advance(RoundTurn turn)
    {
        var state = turn.State;
        var cohort = state.Spec.Cohort;
        var (accepted, outstanding) = (state.AcceptedCount, state.OutstandingCount);
        if (accepted >= cohort.Quorum || accepted >= cohort.Minimum && (outstanding == 0 || turn.NowMs >= state.DeadlineMs))
            return Close(turn);
        if (turn.NowMs >= state.DeadlineMs)
            return FailedPhase.Enter(turn, TooFew(state, "at the deadline"));
        if (accepted + outstanding >= cohort.Minimum)
            return false;
        return SelectingPhase.TakeReplacements(turn, cohort.Quorum - accepted - outstanding)
            || FailedPhase.Enter(turn, TooFew(state, "and nobody else could be asked"));
    }

    /// <summary>Whether the update of an assignment is still wanted; asked before its bytes travel.</summary>
    public static StepOutcome Offer(RoundTurn turn, RoundCommand.UpdateOffered offer) =>
        Judge(turn, offer.Client, offer.AssignmentId, offer.Digest, out _);

    /// <summary>An update counts once: the same digest again is answered from the record, another digest is refused.</summary>
    public static StepOutcome Accept(RoundTurn turn, RoundCommand.UpdateArrived update)
    {
        var outcome = Judge(turn, update.Client, update.AssignmentId, update.Digest, out var participation);
        if (outcome.Kind != OutcomeKind.Done)
            return outcome;
        Change(turn, participation! with
        {
            State = ParticipationState.Accepted,
            Digest = update.Digest,
            Size = update.Size,
            Samples = update.Samples,
            TrainingLoss = update.TrainingLoss,
            BytesDown = update.BytesDown,
            AcceptedMs = turn.NowMs,
        });
        turn.Event("update-accepted", update.Client, data: w =>
        {
            w.WriteString("digest", update.Digest);
            w.WriteNumber("bytes", update.Size);
        });
        return StepOutcome.Done;
    }

    static StepOutcome Judge(RoundTurn turn, string client, string assignmentId, string digest, out Participation? participation)
    {
        var state = turn.State;
        participation = Find(state, client, assignmentId);
        if (participation?.State == ParticipationState.Accepted)
        {
            return participation.Digest == digest
                ? new StepOutcome(OutcomeKind.Known)
                : Count(turn, StepOutcome.Rejected(Fault.AnotherDigest, $"Assignment {assignmentId} has the accepted update {participation.Digest}, not {digest}."));
        }
        return participation?.State == ParticipationState.Assigned && state.Phase == RoundPhase.Collecting
            ? StepOutcome.Done
            : Count(turn, NotWanted(state, participation, assignmentId));
    }

    public static StepOutcome Reject(RoundTurn turn, RoundCommand.UpdateRefused update)
    {
        if (Find(turn.State, update.Client, update.AssignmentId) is { State: ParticipationState.Assigned } participation)
        {
            Change(turn, participation with { State = ParticipationState.Rejected, Fault = update.Fault });
            turn.Event("update-rejected", update.Client, update.Fault);
        }
        CountRejected(turn);
        return StepOutcome.Done;
    }

    public static StepOutcome Refuse(RoundTurn turn, RoundCommand.AssignmentRefused refused)
    {
        if (Find(turn.State, refused.Client, refused.AssignmentId) is { State: ParticipationState.Assigned } participation)
        {
            Change(turn, participation with { State = refused.Declined ? ParticipationState.Declined : ParticipationState.Failed });
            turn.Event(refused.Declined ? "assignment-declined" : "assignment-failed", refused.Client);
            return StepOutcome.Done;
        }
        return Evaluating.Refuse(turn, refused);
    }

    static bool Close(RoundTurn turn)
    {
        ReleaseOutstanding(turn, ParticipationState.Surplus, "surplus");
        var updates = turn.State.Participations.Values
            .Where(p => p.State == ParticipationState.Accepted)
            .Select(p => new AcceptedUpdate(p.Client, p.AssignmentId, p.StartManifest, p.Digest!, p.Samples));
        turn.Set(turn.State with
        {
            Phase = RoundPhase.Aggregating,
            Accepted = new AcceptedSet([.. updates]),
            Record = turn.State.Record! with { CollectedMs = turn.NowMs },
        });
        turn.Event("round-collected", data: w =>
        {
            w.WriteNumber("accepted", turn.State.Accepted!.Updates.Length);
            w.WriteString("acceptedSet", turn.State.Accepted.Digest);
        });
        AggregatingPhase.Begin(turn);
        return true;
    }

    /// <summary>Takes the open assignments back.</summary>
    public static void ReleaseOutstanding(RoundTurn turn, ParticipationState into, string reason)
    {
        var open = turn.State.Participations.Values.Where(p => p.State == ParticipationState.Assigned).ToImmutableArray();
        turn.Set(turn.State with
        {
            Participations = turn.State.Participations.SetItems(open.Select(p => KeyValuePair.Create(p.Client, p with { State = into }))),
        });
        foreach (var participation in open)
            turn.Add(new RoundEffect.CancelAssignment(participation.Client, participation.AssignmentId, reason));
    }

    static Participation? Find(RoundState state, string client, string assignmentId) =>
        state.Participations.GetValueOrDefault(client) is { } p && p.AssignmentId == assignmentId ? p : null;

    static StepOutcome NotWanted(RoundState state, Participation? participation, string assignmentId) => participation?.State switch
    {
        ParticipationState.Surplus => StepOutcome.Discarded(Fault.UpdateSurplus, $"Round {state.Round} had its quorum of {state.Spec.Cohort.Quorum} without assignment {assignmentId}."),
        ParticipationState.Rejected => StepOutcome.Rejected(participation.Fault ?? Fault.FoldFailed, $"Assignment {assignmentId} was rejected before."),
        ParticipationState.Assigned or null => StepOutcome.Discarded(Fault.UpdateLate, $"Assignment {assignmentId} is over; the run is in round {state.Round}, attempt {state.Attempt}."),
        _ => StepOutcome.Discarded(Fault.UpdateSuperseded, $"Assignment {assignmentId} was taken back or given up."),
    };

    static StepOutcome Count(RoundTurn turn, StepOutcome outcome)
    {
        if (outcome.Kind == OutcomeKind.Rejected)
            CountRejected(turn);
        else if (turn.State.Record is { } record)
            turn.Set(turn.State with { Record = record with { Discarded = record.Discarded + 1 } });
        return outcome;
    }

    static void CountRejected(RoundTurn turn)
    {
        if (turn.State.Record is { } record)
            turn.Set(turn.State with { Record = record with { Rejected = record.Rejected + 1 } });
    }

    static void Change(RoundTurn turn, Participation participation) =>
        turn.Set(turn.State with { Participations = turn.State.Participations.SetItem(participation.Client, participation) });

    static Refusal TooFew(RoundState state, string when) => new(
        Fault.TooFewUpdates,
        $"Round {state.Round}, attempt {state.Attempt} had {state.AcceptedCount} accepted updates {when}; {state.Spec.Cohort.Minimum} are the minimum.");
}
