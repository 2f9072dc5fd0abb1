using System.Collections.Immutable;
using Federated.Server.Faults;

namespace Federated.Server.Rounds.Phases;

/// <summary>Federated evaluation runs beside the phases: it never holds up the next round, only the run's end.</summary>
static class Evaluating
{
    /// <summary>Asks every connected client with a held-out split, where the version is due.</summary>
    public static void Begin(RoundTurn turn, VersionInfo version)
    {
        var state = turn.State;
        var members = state.Fleet.Values.Where(m => m.EvaluationSamples > 0).Select(m => m.Client).ToImmutableArray();
        if (!IsDue(state, version.Version) || members.IsEmpty)
            return;
        var entries = members.ToImmutableSortedDictionary(
            c => c,
            c => new EvaluationEntry(c, AssignmentIds.Evaluate(state.Run, version.Version, state.Attempt, c), EvaluationState.Assigned),
            StringComparer.Ordinal);
        var evaluation = new EvaluationRound(version, state.Attempt, Deadlines.After(turn.NowMs, state.Spec.Cohort.DeadlineSeconds), entries);
        turn.Set(state with { Evaluations = state.Evaluations.Add(version.Version, evaluation) });
        foreach (var entry in entries.Values)
            turn.Add(new RoundEffect.PushEvaluate(entry.Client, evaluation, entry));
    }

    public static StepOutcome Accept(RoundTurn turn, RoundCommand.EvaluationArrived arrived)
    {
        if (Find(turn.State, arrived.Client, arrived.AssignmentId) is not var (evaluation, entry))
            return StepOutcome.Refused(Fault.EvaluationNotWanted, $"Assignment {arrived.AssignmentId} is no open evaluation.");
        Settle(turn, evaluation, entry with
        {
            State = EvaluationState.Done,
            Samples = arrived.Samples,
            Correct = arrived.Correct,
            LossSum = arrived.LossSum,
        });
        return StepOutcome.Done;
    }

    public static StepOutcome Refuse(RoundTurn turn, RoundCommand.AssignmentRefused refused)
    {
        if (Find(turn.State, refused.Client, refused.AssignmentId) is not var (evaluation, entry))
            return StepOutcome.Refused(Fault.RoundClosed, $"Assignment {refused.AssignmentId} is not open.");
        Settle(turn, evaluation, entry with { State = refused.Declined ? EvaluationState.Declined : EvaluationState.Failed });
        return StepOutcome.Done;
    }

    /// <summary>Gives up on answers whose time is over.</summary>
    public static void Expire(RoundTurn turn)
    {
        foreach (var evaluation in turn.State.Evaluations.Values.Where(e => turn.NowMs >= e.DeadlineMs))
            GiveUp(turn, evaluation);
    }

    public static void Abandon(RoundTurn turn)
    {
        foreach (var evaluation in turn.State.Evaluations.Values)
            GiveUp(turn, evaluation);
    }

    public static bool Owes(RoundState state, string client, string assignmentId) => Find(state, client, assignmentId) is not null;

    /// <summary>The state after a finished evaluation, as the run's stop rule sees it.</summary>
    public static RoundState Judged(RoundState state, int version, EvaluationTotal total) =>
        state.Spec.Stop is { } rule ? state with { Stop = StopProgress.After(state.Stop, rule, version, total) } : state;

    static void GiveUp(RoundTurn turn, EvaluationRound evaluation)
    {
        foreach (var entry in evaluation.Entries.Values.Where(e => e.State == EvaluationState.Assigned))
        {
            Settle(turn, turn.State.Evaluations[evaluation.Version], entry with { State = EvaluationState.Missed });
            turn.Add(new RoundEffect.CancelAssignment(entry.Client, entry.AssignmentId, "superseded"));
        }
    }

    // The entry's row is noted before the finished evaluation leaves the state.
    static void Settle(RoundTurn turn, EvaluationRound evaluation, EvaluationEntry entry)
    {
        var settled = evaluation with { Entries = evaluation.Entries.SetItem(entry.Client, entry) };
        turn.Set(turn.State with { Evaluations = turn.State.Evaluations.SetItem(settled.Version, settled) });
        if (!settled.IsOver)
            return;
        turn.Set(turn.State with { Evaluations = turn.State.Evaluations.Remove(settled.Version) });
        turn.Set(Judged(turn.State, settled.Version, settled.Total));
        turn.Event("evaluation-finished", data: w => settled.Total.Write(w, settled.Version));
    }

    static (EvaluationRound, EvaluationEntry)? Find(RoundState state, string client, string assignmentId)
    {
        foreach (var evaluation in state.Evaluations.Values)
        {
            if (evaluation.Entries.GetValueOrDefault(client) is { State: EvaluationState.Assigned } entry && entry.AssignmentId == assignmentId)
                return (evaluation, entry);
        }
        return null;
    }

    static bool IsDue(RoundState state, int version) =>
        state.Spec.Evaluate is { } evaluate && (version % evaluate.EveryRounds == 0 || version == state.Spec.Rounds);
}
