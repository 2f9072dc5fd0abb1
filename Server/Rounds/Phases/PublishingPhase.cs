using System.Collections.Immutable;
using Federated.Server.Privacy;

namespace Federated.Server.Rounds.Phases;

/// <summary>The version's blobs are durable: pointer, strategy state and record change in one commit.</summary>
static class PublishingPhase
{
    public static StepOutcome Complete(RoundTurn turn, VersionInfo version)
    {
        var state = turn.State;
        if (state.IsTerminal)
            return StepOutcome.Done;
        AggregatingPhase.Require(state, RoundPhase.Publishing, nameof(RoundCommand.VersionWritten));
        turn.Set(state with
        {
            Version = version with { PublishedMs = turn.NowMs },
            Spent = PrivacySpending.After(state),
            Record = state.Record! with { VersionOut = version.Version, PublishedMs = turn.NowMs, DiagnosticsJson = null },
            Starts = state.Starts.SetItem(state.Version.Version, state.Version),
        });
        turn.Event("version-published", data: w =>
        {
            w.WriteNumber("version", version.Version);
            w.WriteString("manifest", version.ManifestDigest);
        });
        turn.Add(new RoundEffect.VersionPublished(turn.State.Version, (turn.NowMs - turn.State.Record!.StartedMs) / 1000.0));
        Evaluating.Begin(turn, turn.State.Version);
        Diagnosing.Begin(turn, new Diagnosis(AggregatingPhase.Order(state), turn.State.Record with { DiagnosticsJson = state.Record!.DiagnosticsJson }, state.Attempt));
        NextRound(turn);
        return StepOutcome.Done;
    }

    /// <summary>The round is over: what outlived it begins the next one.</summary>
    public static void NextRound(RoundTurn turn)
    {
        var state = turn.State;
        var live = state.Late.Values.Where(p => p.State is ParticipationState.Assigned or ParticipationState.Accepted).ToImmutableArray();
        turn.Set(state with
        {
            Phase = RoundPhase.Idle,
            Round = state.Round + 1,
            Attempt = 1,
            Record = null,
            Plan = null,
            Accepted = null,
            LastError = null,
            RetryAtMs = null,
            DeadlineMs = long.MaxValue,
            Participations = state.Late,
            Late = state.Late.Clear(),
            Starts = state.Starts.RemoveRange(state.Starts.Keys.Where(v => !live.Any(p => p.StartVersion == v)).ToImmutableArray()),
            History = ClientHistory.After(state.History, state.Round, state.Participations.Values),
        });
        turn.Add(new RoundEffect.DeleteSpools(turn.State.SpentSpools));
    }
}
