using System.Collections.Immutable;
using Federated.Server.Faults;

namespace Federated.Server.Rounds.Phases;

/// <summary>Takes updates until the quorum is there, the deadline has passed, or the minimum is out of reach.</summary>
static class CollectingPhase
{
    public static bool Advance(RoundTurn turn)
    {
        GiveUpOnSlowClients(turn);
        var state = turn.State;
        var cohort = state.Spec.Cohort;
        var (accepted, outstanding) = (state.AcceptedCount, state.OutstandingCount);
        var isOver = turn.NowMs >= state.DeadlineMs;
        if (accepted >= state.Quorum || accepted >= cohort.Minimum && isOver)
            return Close(turn);
        if (state.IsContinuous && !state.Paused && SelectingPhase.TakeMore(turn, cohort.Size - outstanding))
            return true;
        if (accepted >= cohort.Minimum && outstanding == 0)
            return Close(turn);
        if (isOver)
            return state.IsContinuous && outstanding > 0 ? Extend(turn) : FailedPhase.Enter(turn, TooFew(state, "at the deadline"));
        if (accepted + outstanding >= cohort.Minimum)
            return false;
        return SelectingPhase.TakeMore(turn, state.Quorum - accepted - outstanding)
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
        turn.Set(turn.State.With(participation! with
        {
            State = ParticipationState.Accepted,
            Digest = update.Digest,
            Size = update.Size,
            Samples = update.Samples,
            TrainingLoss = update.TrainingLoss,
            BytesDown = update.BytesDown,
            AcceptedMs = turn.NowMs,
            Measured = update.Measured,
            Report = update.Report,
        }));
        turn.Event("update-accepted", update.Client, data: w =>
        {
            w.WriteString("digest", update.Digest);
            w.WriteNumber("bytes", update.Size);
            w.WriteNumber("startVersion", participation.StartVersion);
        });
        return StepOutcome.Done;
    }

    public static StepOutcome Reject(RoundTurn turn, RoundCommand.UpdateRefused update)
    {
        if (turn.State.AssignmentOf(update.Client, update.AssignmentId) is { State: ParticipationState.Assigned } participation)
        {
            turn.Set(turn.State.With(participation with { State = ParticipationState.Rejected, Fault = update.Fault }));
            turn.Event("update-rejected", update.Client, update.Fault);
        }
        CountRejected(turn);
        return StepOutcome.Done;
    }

    public static StepOutcome Refuse(RoundTurn turn, RoundCommand.AssignmentRefused refused)
    {
        if (turn.State.AssignmentOf(refused.Client, refused.AssignmentId) is not { State: ParticipationState.Assigned } participation)
            return Evaluating.Refuse(turn, refused);
        turn.Set(turn.State.With(participation with { State = refused.Declined ? ParticipationState.Declined : ParticipationState.Failed }));
        turn.Event(refused.Declined ? "assignment-declined" : "assignment-failed", refused.Client);
        return StepOutcome.Done;
    }

    /// <summary>Takes every open assignment back, those that outlived an earlier round included.</summary>
    public static void ReleaseOutstanding(RoundTurn turn, ParticipationState into, string reason) =>
        Release(turn, turn.State.Participations.Values.Concat(turn.State.Late.Values), into, reason);

    static StepOutcome Judge(RoundTurn turn, string client, string assignmentId, string digest, out Participation? participation)
    {
        var state = turn.State;
        participation = state.AssignmentOf(client, assignmentId);
        if (participation?.State == ParticipationState.Accepted)
        {
            return participation.Digest == digest
                ? new StepOutcome(OutcomeKind.Known)
                : Count(turn, StepOutcome.Rejected(Fault.AnotherDigest, $"Assignment {assignmentId} has the accepted update {participation.Digest}, not {digest}."));
        }
        var isOpen = state.Phase == RoundPhase.Collecting || state.Spec.Asynchrony is not null && !state.IsTerminal;
        return participation?.State == ParticipationState.Assigned && isOpen
            ? StepOutcome.Done
            : Count(turn, NotWanted(state, participation, assignmentId));
    }

    static void GiveUpOnSlowClients(RoundTurn turn)
    {
        if (turn.State.Spec.Selection.DeadlineFactor > 0)
            Release(turn, turn.State.Participations.Values.Where(p => turn.NowMs >= Deadlines.OfClient(turn.State, p)), ParticipationState.Missed, "superseded");
    }

    static bool Close(RoundTurn turn)
    {
        CarryOver(turn);
        Release(turn, turn.State.Participations.Values, ParticipationState.Surplus, "surplus");
        var updates = turn.State.Participations.Values
            .Where(p => p.State == ParticipationState.Accepted)
            .Select(p => AcceptedUpdate.Of(p, turn.State));
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

    // Work that may still count goes on; after the last round nothing would be left to count in.
    static void CarryOver(RoundTurn turn)
    {
        var state = turn.State;
        if (state.Spec.Asynchrony is not { } asynchrony || state.Round >= state.Spec.Rounds)
            return;
        var stays = state.Participations.Values
            .Where(p => p.State == ParticipationState.Assigned && !state.Late.ContainsKey(p.Client) && state.Version.Version + 1 - p.StartVersion <= asynchrony.MaxStaleness)
            .ToImmutableArray();
        turn.Set(state with
        {
            Participations = state.Participations.SetItems(stays.Select(p => KeyValuePair.Create(p.Client, p with { State = ParticipationState.Carried }))),
            Late = state.Late.AddRange(stays.Select(p => KeyValuePair.Create(p.Client, p))),
        });
    }

    static void Release(RoundTurn turn, IEnumerable<Participation> participations, ParticipationState into, string reason)
    {
        var open = participations.Where(p => p.State == ParticipationState.Assigned).ToImmutableArray();
        turn.Set(open.Aggregate(turn.State, (state, p) => state.With(p with { State = into })));
        foreach (var participation in open)
            turn.Add(new RoundEffect.CancelAssignment(participation.Client, participation.AssignmentId, reason));
    }

    static bool Extend(RoundTurn turn)
    {
        turn.Set(turn.State with { DeadlineMs = Deadlines.After(turn.NowMs, turn.State.Spec.Cohort.DeadlineSeconds) });
        return false;
    }

    static StepOutcome NotWanted(RoundState state, Participation? participation, string assignmentId) => participation?.State switch
    {
        ParticipationState.Surplus => StepOutcome.Discarded(Fault.UpdateSurplus, $"Round {state.Round} had its quorum of {state.Quorum} without assignment {assignmentId}."),
        ParticipationState.Rejected => StepOutcome.Rejected(participation.Fault ?? Fault.FoldFailed, $"Assignment {assignmentId} was rejected before."),
        ParticipationState.Assigned or null => StepOutcome.Discarded(Fault.UpdateLate, $"Assignment {assignmentId} is over; the run is in round {state.Round}, attempt {state.Attempt}."),
        ParticipationState.Missed => StepOutcome.Discarded(Fault.UpdateLate, $"Assignment {assignmentId} had {state.Spec.Selection.DeadlineFactor} times the time that its client was expected to need."),
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

    static Refusal TooFew(RoundState state, string when) => new(
        Fault.TooFewUpdates,
        $"Round {state.Round}, attempt {state.Attempt} had {state.AcceptedCount} accepted updates {when}; {state.Spec.Cohort.Minimum} are the minimum.");
}
