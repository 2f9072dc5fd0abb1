namespace Federated.Server.Rounds.Phases;

/// <summary>Between rounds: the only place where pausing takes hold and where a run completes.</summary>
static class IdlePhase
{
    public static bool Advance(RoundTurn turn)
    {
        var state = turn.State;
        if (state.Version.Version >= state.Spec.Rounds)
            return Complete(turn);
        if (state.Paused)
            return false;
        turn.Set(state with { Phase = RoundPhase.Selecting });
        return true;
    }

    // The last version's evaluation belongs to the run; its deadline bounds the wait.
    static bool Complete(RoundTurn turn)
    {
        if (turn.State.Evaluations.Count > 0)
            return false;
        turn.Set(turn.State with { Phase = RoundPhase.Completed, LastError = null });
        turn.Event("run-completed");
        turn.Add(new RoundEffect.RunEnded("completed"));
        turn.Add(new RoundEffect.DeleteSpools(turn.State.Round));
        return false;
    }
}
