using System.Collections.Immutable;
using Federated.Server.Fleet;

namespace Federated.Server.Rounds.Phases;

/// <summary>Waits for a quorum of eligible clients, then decides who takes part.</summary>
static class SelectingPhase
{
    public static bool Advance(RoundTurn turn)
    {
        var state = turn.State;
        if (state.Paused)
        {
            turn.Set(state with { Phase = RoundPhase.Idle });
            return false;
        }
        var carried = Carried(state);
        var eligible = Eligible(state);
        if (carried.Count + eligible.Count < state.Spec.Cohort.Quorum)
            return false;
        var wanted = Math.Max(0, state.Spec.Cohort.Size - carried.Count);
        var chosen = CohortSelector.Pick(eligible, wanted, state.Spec.Seed, state.Round, state.Attempt);
        Begin(turn, carried, chosen);
        return true;
    }

    /// <summary>Takes more clients into the running attempt. False if there are none.</summary>
    public static bool TakeReplacements(RoundTurn turn, int wanted)
    {
        var state = turn.State;
        var fresh = Eligible(state).Where(c => !state.Participations.ContainsKey(c)).ToList();
        var chosen = CohortSelector.Pick(fresh, wanted, state.Spec.Seed, state.Round, state.Attempt);
        if (chosen.Count == 0)
            return false;
        var planned = chosen.Select(c => Plan(state, c)).ToImmutableArray();
        turn.Set(state with
        {
            Plan = state.Plan! with { Cohort = [.. state.Plan.Cohort.Concat(planned).OrderBy(c => c.Client, StringComparer.Ordinal)] },
            Participations = Assign(state, planned, turn.NowMs),
        });
        Push(turn, planned);
        return true;
    }

    static List<string> Carried(RoundState state) =>
        [.. state.Participations.Values.Where(p => p.State == ParticipationState.Accepted).Select(p => p.Client)];

    static List<string> Eligible(RoundState state) =>
        [.. state.Fleet.Keys.Where(c => state.Participations.GetValueOrDefault(c)?.State != ParticipationState.Accepted)];

    static void Begin(RoundTurn turn, List<string> carried, IReadOnlyList<string> chosen)
    {
        var state = turn.State;
        if (state.Version.Version == 0 && state.Round == 1 && state.Record is null)
            Evaluating.Begin(turn, state.Version);
        state = turn.State;
        var fresh = chosen.Select(c => Plan(state, c)).ToImmutableArray();
        var kept = carried.Select(c => Keep(state, c));
        turn.Set(state with
        {
            Phase = RoundPhase.Collecting,
            Record = state.Record ?? new RoundRecord(state.Round, state.Version.Version, turn.NowMs),
            Plan = new RoundPlan(
                state.Run, state.Round, state.Attempt, state.Version.Version, state.Version.ManifestDigest, state.Version.PlanDigest,
                state.Spec.Train.LearningRate, [.. kept.Concat(fresh).OrderBy(c => c.Client, StringComparer.Ordinal)]),
            DeadlineMs = Deadlines.After(turn.NowMs, state.Spec.Cohort.DeadlineSeconds),
            Participations = Assign(state, fresh, turn.NowMs),
        });
        turn.Event("round-started", data: w =>
        {
            w.WriteNumber("attempt", state.Attempt);
            w.WriteNumber("versionIn", state.Version.Version);
            w.WriteNumber("cohort", turn.State.Plan!.Cohort.Length);
        });
        Push(turn, fresh);
    }

    static PlannedClient Plan(RoundState state, string client) =>
        new(client, AssignmentIds.Train(state.Run, state.Round, state.Attempt, client), RoundSeeds.For(state.Spec.Seed, state.Round, client), Carried: false);

    static PlannedClient Keep(RoundState state, string client) =>
        new(client, state.Participations[client].AssignmentId, RoundSeeds.For(state.Spec.Seed, state.Round, client), Carried: true);

    static ImmutableSortedDictionary<string, Participation> Assign(RoundState state, ImmutableArray<PlannedClient> fresh, long nowMs) =>
        state.Participations.SetItems(fresh.Select(c => KeyValuePair.Create(
            c.Client,
            new Participation(c.Client, c.AssignmentId, state.Attempt, ParticipationState.Assigned, state.Version.ManifestDigest)
            {
                StartRound = state.Round, StartVersion = state.Version.Version, AssignedMs = nowMs,
            })));

    static void Push(RoundTurn turn, ImmutableArray<PlannedClient> fresh)
    {
        foreach (var planned in fresh)
            turn.Add(new RoundEffect.PushTrain(planned.Client, planned));
    }
}
