namespace Federated.Server.Rounds.Phases;

static class Deadlines
{
    const long LeastOwnMs = 1_000;

    /// <summary>0 seconds mean no deadline.</summary>
    public static long After(long nowMs, int seconds) => seconds == 0 ? long.MaxValue : nowMs + seconds * 1000L;

    /// <summary>The stored deadline, but neither within the grace nor later than a whole new one, whatever the clock says now.</summary>
    public static long AfterRestart(RoundState state, long nowMs)
    {
        var grace = After(nowMs, Math.Max(1, state.Spec.Cohort.GraceSeconds));
        return Math.Max(grace, Math.Min(state.DeadlineMs, After(nowMs, state.Spec.Cohort.DeadlineSeconds)));
    }

    /// <summary>A client's own deadline, where the run gives one and something is known of the client; never within the grace after a restart.</summary>
    public static long OfClient(RoundState state, Participation participation)
    {
        var (factor, predicted) = (state.Spec.Selection.DeadlineFactor, state.PredictedMs(participation.Client));
        return factor == 0 || predicted == 0
            ? long.MaxValue
            : Math.Max(participation.AssignedMs + Math.Max(LeastOwnMs, (long)(factor * predicted)), state.GraceMs);
    }
}
