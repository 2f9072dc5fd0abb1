using System.Collections.Immutable;

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
        var eligible = Eligible(state);
        var (accepted, underWay) = (state.AcceptedCount, state.OutstandingCount);
        if (accepted + underWay + eligible.Count < state.Quorum)
            return false;
        var size = (int)Math.Ceiling(state.Spec.Cohort.Size * state.Spec.Selection.OverSelect);
        Begin(turn, Cohorts.Choose(state, eligible, size - underWay - (state.IsContinuous ? 0 : accepted)));
        return true;
    }

    /// <summary>Takes more clients into the running attempt. False if there are none.</summary>
    public static bool TakeMore(RoundTurn turn, int wanted)
    {
        var state = turn.State;
        var chosen = Cohorts.Choose(state, [.. Eligible(state).Where(c => !state.Participations.ContainsKey(c))], wanted);
        if (chosen.Count == 0)
            return false;
        var assigned = chosen.Select(c => Assign(state, c, turn.NowMs)).ToImmutableArray();
        turn.Set(state with
        {
            Plan = state.Plan! with { Cohort = [.. state.Plan.Cohort.Concat(assigned.Select(p => Planned(state, p, false))).OrderBy(c => c.Client, StringComparer.Ordinal)] },
            Participations = With(state, assigned),
        });
        Push(turn, assigned);
        return true;
    }

    // Whoever has accepted or open work in this round, or open work that counts in the next one, is not asked.
    static List<string> Eligible(RoundState state) =>
        [.. state.Fleet.Keys.Where(c => state.Version.Planning?.Excludes(c) != true
            && state.Participations.GetValueOrDefault(c)?.State is not (ParticipationState.Accepted or ParticipationState.Assigned)
            && state.Late.GetValueOrDefault(c)?.State != ParticipationState.Assigned)];

    static void Begin(RoundTurn turn, IReadOnlyList<string> chosen)
    {
        var state = turn.State;
        if (state.Version.Version == 0 && state.Round == 1 && state.Record is null)
            Evaluating.Begin(turn, state.Version);
        state = turn.State;
        var kept = state.Participations.Values.Where(p => p.State is ParticipationState.Accepted or ParticipationState.Assigned).Select(p => Planned(state, p, true));
        var assigned = chosen.Select(c => Assign(state, c, turn.NowMs)).ToImmutableArray();
        turn.Set(state with
        {
            Phase = RoundPhase.Collecting,
            Record = state.Record ?? new RoundRecord(state.Round, state.Version.Version, turn.NowMs),
            Plan = new RoundPlan(
                state.Run, state.Round, state.Attempt, state.Version.Version, state.Version.ManifestDigest, state.Version.PlanDigest,
                state.Spec.Train.LearningRate, [.. kept.Concat(assigned.Select(p => Planned(state, p, false))).OrderBy(c => c.Client, StringComparer.Ordinal)]),
            DeadlineMs = Deadlines.After(turn.NowMs, state.Spec.Cohort.DeadlineSeconds),
            Participations = With(state, assigned),
        });
        turn.Event("round-started", data: w =>
        {
            w.WriteNumber("attempt", state.Attempt);
            w.WriteNumber("versionIn", state.Version.Version);
            w.WriteNumber("cohort", turn.State.Plan!.Cohort.Length);
        });
        Push(turn, assigned);
    }

    static Participation Assign(RoundState state, string client, long nowMs)
    {
        var part = state.Version.Planning?.Clients.GetValueOrDefault(client);
        return new(client, AssignmentIds.Train(state.Run, state.Round, state.Attempt, client), state.Attempt, ParticipationState.Assigned, part?.Start?.Manifest ?? state.Version.ManifestDigest)
        {
            StartRound = state.Round, StartVersion = state.Version.Version, AssignedMs = nowMs,
            Predicted = part is null ? null : new WorkCost(part.Choice.PredictedBytes, part.Choice.PredictedSeconds),
        };
    }

    static PlannedClient Planned(RoundState state, Participation p, bool carried) =>
        new(p.Client, p.AssignmentId, RoundSeeds.For(state.Spec.Seed, p.StartRound, p.Client), carried) { Plan = state.PlannedStart(p)?.Plan };

    static ImmutableSortedDictionary<string, Participation> With(RoundState state, ImmutableArray<Participation> assigned) =>
        state.Participations.SetItems(assigned.Select(p => KeyValuePair.Create(p.Client, p)));

    static void Push(RoundTurn turn, ImmutableArray<Participation> assigned)
    {
        foreach (var participation in assigned)
            turn.Add(new RoundEffect.PushTrain(participation.Client, participation));
    }
}
