using Federated.Server.Faults;

namespace Federated.Server.Rounds.Phases;

/// <summary>What the operator, or a restart, does to a run as a whole.</summary>
static class RunControl
{
    public static StepOutcome Start(RoundTurn turn)
    {
        var state = turn.State;
        // Clients were cut off too, so a restart gives them time to come back.
        turn.Set(state with { GraceMs = turn.NowMs + 1000L * Math.Max(1, state.Spec.Cohort.GraceSeconds) });
        state = turn.State;
        if (state.Phase == RoundPhase.Collecting && state.DeadlineMs != long.MaxValue)
            turn.Set(state with { DeadlineMs = Deadlines.AfterRestart(state, turn.NowMs) });
        // The machine's clock may have been set back while nobody looked; no wait becomes longer by that.
        if (state.RetryAtMs > turn.NowMs + FailedPhase.LongestBackOffMs)
            turn.Set(turn.State with { RetryAtMs = turn.NowMs });
        if (state.Phase == RoundPhase.Aggregating && state.RetryAtMs is null)
            AggregatingPhase.Begin(turn);
        Diagnosing.Ask(turn);
        return StepOutcome.Done;
    }

    public static StepOutcome Pause(RoundTurn turn)
    {
        if (turn.State.IsTerminal)
            return Ended(turn.State);
        if (turn.State.Paused)
            return StepOutcome.Done;
        turn.Set(turn.State with { Paused = true });
        turn.Event("run-paused");
        return StepOutcome.Done;
    }

    public static StepOutcome Resume(RoundTurn turn)
    {
        if (turn.State.IsTerminal)
            return Ended(turn.State);
        if (!turn.State.Paused)
            return StepOutcome.Done;
        turn.Set(turn.State with { Paused = false });
        turn.Event("run-resumed");
        return StepOutcome.Done;
    }

    public static StepOutcome Stop(RoundTurn turn)
    {
        if (turn.State.IsTerminal)
            return Ended(turn.State);
        CollectingPhase.ReleaseOutstanding(turn, ParticipationState.Superseded, "stopped");
        End(turn, turn.State.LastError);
        return StepOutcome.Done;
    }

    public static void End(RoundTurn turn, Refusal? reason)
    {
        Evaluating.Abandon(turn);
        turn.Set(turn.State with { Phase = RoundPhase.Stopped, RetryAtMs = null, LastError = reason });
        turn.Event("run-stopped", fault: reason?.Fault);
        turn.Add(new RoundEffect.RunEnded("stopped"));
        turn.Add(new RoundEffect.DeleteSpools(turn.State.SpentSpools));
    }

    public static StepOutcome Ended(RoundState state) =>
        StepOutcome.Refused(Fault.RunEnded, $"Run '{state.Run}' is {RoundRows.Name(state.Phase)}.");
}
