using Federated.Server.Faults;

namespace Federated.Server.Rounds.Phases;

/// <summary>An attempt failed. The next one has the same start, plan and seeds; accepted updates are carried over.</summary>
static class FailedPhase
{
    const long FirstBackOffMs = 1_000;
    public const long LongestBackOffMs = 60_000;

    public static bool Enter(RoundTurn turn, Refusal reason)
    {
        CollectingPhase.ReleaseOutstanding(turn, ParticipationState.Superseded, "superseded");
        var state = turn.State;
        turn.Add(new RoundEffect.AttemptFailed(state.Round, state.Attempt, reason));
        turn.Event("attempt-failed", fault: reason.Fault, data: w => w.WriteNumber("attempt", state.Attempt));
        if (state.Attempt >= state.Spec.Cohort.MaxAttempts)
        {
            RunControl.End(turn, new Refusal(
                Fault.AttemptsExhausted,
                $"Round {state.Round} failed {state.Attempt} times, the limit is {state.Spec.Cohort.MaxAttempts}; last: {reason.Message}"));
            return true;
        }
        turn.Set(state with
        {
            Phase = RoundPhase.Failed,
            RetryAtMs = turn.NowMs + BackOffMs(state.Attempt),
            LastError = reason,
            Accepted = null,
            DeadlineMs = long.MaxValue,
        });
        return true;
    }

    public static bool Advance(RoundTurn turn)
    {
        var state = turn.State;
        if (turn.NowMs < state.RetryAtMs)
            return false;
        turn.Set(state with { Phase = RoundPhase.Idle, Attempt = state.Attempt + 1, RetryAtMs = null, Plan = null });
        return true;
    }

    static long BackOffMs(int attempt) => Math.Min(LongestBackOffMs, FirstBackOffMs << Math.Min(attempt - 1, 10));
}
