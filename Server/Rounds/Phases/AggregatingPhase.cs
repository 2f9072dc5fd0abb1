using Federated.Server.Faults;

namespace Federated.Server.Rounds.Phases;

/// <summary>The accepted set is committed; whatever happens now, it is this set that is folded or quarantined.</summary>
static class AggregatingPhase
{
    const long InterruptionBackOffMs = 1_000;

    public static void Begin(RoundTurn turn) => turn.Add(new RoundEffect.StartFold(Order(turn.State)));

    public static bool Advance(RoundTurn turn)
    {
        if (turn.State.RetryAtMs is not { } retry || turn.NowMs < retry)
            return false;
        turn.Set(turn.State with { RetryAtMs = null });
        Begin(turn);
        return false;
    }

    public static StepOutcome Complete(RoundTurn turn, FoldedVersion folded)
    {
        if (turn.State.IsTerminal)
            return StepOutcome.Done;
        Require(turn.State, RoundPhase.Aggregating, nameof(RoundCommand.FoldCompleted));
        turn.Set(turn.State with
        {
            Phase = RoundPhase.Publishing,
            Record = turn.State.Record! with { FoldedMs = turn.NowMs, DiagnosticsJson = folded.DiagnosticsJson, LeakageJson = folded.LeakageJson },
        });
        turn.Add(new RoundEffect.WriteVersion());
        return StepOutcome.Done;
    }

    public static StepOutcome Quarantine(RoundTurn turn, Refusal reason)
    {
        var state = turn.State;
        if (state.IsTerminal)
            return StepOutcome.Done;
        Require(state, RoundPhase.Aggregating, nameof(RoundCommand.FoldRefused));
        Reject(turn, state.Participations.Values, Fault.FoldFailed);
        FailedPhase.Enter(turn, reason);
        return StepOutcome.Done;
    }

    /// <summary>Some updates' bytes are lost: only their clients are asked again.</summary>
    public static StepOutcome Lose(RoundTurn turn, RoundCommand.UpdatesLost lost)
    {
        if (turn.State.IsTerminal)
            return StepOutcome.Done;
        Require(turn.State, RoundPhase.Aggregating, nameof(RoundCommand.UpdatesLost));
        Reject(turn, lost.Clients.Select(c => turn.State.Participations[c]), lost.Reason.Fault);
        FailedPhase.Enter(turn, lost.Reason);
        return StepOutcome.Done;
    }

    static void Reject(RoundTurn turn, IEnumerable<Participation> participations, Fault fault)
    {
        var rejected = participations.Where(p => p.State == ParticipationState.Accepted)
            .Select(p => KeyValuePair.Create(p.Client, p with { State = ParticipationState.Rejected, Fault = fault }));
        turn.Set(turn.State with { Participations = turn.State.Participations.SetItems(rejected) });
    }

    /// <summary>The machine, not the updates, was at fault (a full disk): the same set is folded again, nothing is lost.</summary>
    public static StepOutcome Interrupt(RoundTurn turn, Refusal reason)
    {
        if (turn.State.IsTerminal)
            return StepOutcome.Done;
        if (turn.State.Phase is not (RoundPhase.Aggregating or RoundPhase.Publishing))
            throw new InvalidOperationException($"{turn.State.Phase} does no work that could be interrupted.");
        turn.Set(turn.State with { Phase = RoundPhase.Aggregating, RetryAtMs = turn.NowMs + InterruptionBackOffMs, LastError = reason });
        turn.Event("work-interrupted", fault: reason.Fault);
        return StepOutcome.Done;
    }

    public static void Require(RoundState state, RoundPhase phase, string command)
    {
        if (state.Phase != phase)
            throw new InvalidOperationException($"{state.Phase} cannot answer {command}.");
    }

    public static FoldOrder Order(RoundState state) => new(state.Spec, state.Plan!, state.Accepted!, state.Version)
    {
        Starts = state.Starts, Reports = SiteReports.After(state.Reports, state.Participations.Values),
    };
}
