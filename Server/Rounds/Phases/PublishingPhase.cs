using System.Collections.Immutable;
using System.Text.Json;
using Federated.Server.Planning;
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
        TellPlanning(turn, state.Version.Planning, version.Planning);
        turn.Add(new RoundEffect.VersionPublished(turn.State.Version, (turn.NowMs - turn.State.Record!.StartedMs) / 1000.0));
        Evaluating.Begin(turn, turn.State.Version);
        Diagnosing.Begin(turn, new Diagnosis(AggregatingPhase.Order(state), turn.State.Record with { DiagnosticsJson = state.Record!.DiagnosticsJson }, state.Attempt));
        NextRound(turn);
        return StepOutcome.Done;
    }

    static void TellPlanning(RoundTurn turn, VersionPlanning? before, VersionPlanning? after)
    {
        if (after is null || after.PlanVersion == before?.PlanVersion)
            return;
        foreach (var (client, part) in after.Clients)
        {
            turn.Event(part.Choice.Trains ? "client-planned" : "client-evaluates-only", client, data: w =>
            {
                w.WriteNumber("planVersion", after.PlanVersion);
                if (part.Choice.Refusal is { } reason)
                    w.WriteString("reason", reason);
                else
                    WriteSizes(w, part.Choice);
            });
        }
    }

    static void WriteSizes(Utf8JsonWriter w, ClientChoice choice)
    {
        w.WriteNumber("groups", choice.Groups.Count);
        w.WriteNumber("rank", choice.Rank);
        w.WriteNumber("batch", choice.Batch);
        w.WriteNumber("baseBits", choice.BaseBits);
        w.WriteNumber("predictedBytes", choice.PredictedBytes);
        w.WriteNumber("predictedSeconds", choice.PredictedSeconds);
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
            Reports = SiteReports.After(state.Reports, state.Participations.Values),
            History = ClientHistory.After(state.History, state.Round, state.Participations.Values),
        });
        turn.Add(new RoundEffect.DeleteSpools(turn.State.SpentSpools));
    }
}
