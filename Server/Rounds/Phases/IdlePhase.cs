using Federated.Server.Faults;
using Federated.Server.Privacy;

namespace Federated.Server.Rounds.Phases;

/// <summary>Between rounds: the only place where pausing takes hold and where a run completes.</summary>
static class IdlePhase
{
    public static bool Advance(RoundTurn turn)
    {
        var state = turn.State;
        if (state.Version.Version >= state.Spec.Rounds || state.Stop?.Reason is not null)
            return Complete(turn);
        if (state.Paused)
            return false;
        if (PrivacySpending.NextExceeds(state) is { } epsilon)
            return Stop(turn, epsilon);
        turn.Set(state with { Phase = RoundPhase.Selecting });
        return true;
    }

    // The open evaluations are of a version that is paid for, but they would run beside a stopped run.
    static bool Stop(RoundTurn turn, double epsilon)
    {
        var budget = turn.State.Spec.Privacy!.Budget;
        RunControl.End(turn, new Refusal(Fault.BudgetExhausted, FormattableString.Invariant(
            $"Round {turn.State.Round} would bring a client's epsilon to {epsilon:g6} at delta {budget.Delta}; the run's budget is {budget.Epsilon}.")));
        return true;
    }

    // The last version's evaluation belongs to the run; its deadline bounds the wait.
    static bool Complete(RoundTurn turn)
    {
        if (turn.State.Evaluations.Count > 0)
            return false;
        CollectingPhase.ReleaseOutstanding(turn, ParticipationState.Surplus, "run-ended");
        turn.Set(turn.State with { Phase = RoundPhase.Completed, LastError = null });
        turn.Event("run-completed", data: w => w.WriteString("reason", turn.State.Stop?.Reason ?? "rounds"));
        turn.Add(new RoundEffect.RunEnded("completed"));
        turn.Add(new RoundEffect.DeleteSpools(turn.State.SpentSpools));
        return false;
    }
}
