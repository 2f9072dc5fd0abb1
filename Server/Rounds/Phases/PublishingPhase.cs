using Federated.Server.Privacy;

namespace Federated.Server.Rounds.Phases;

/// <summary>The version's blobs are durable: pointer, strategy state and record change in one commit.</summary>
static class PublishingPhase
{
    public static StepOutcome Complete(RoundTurn turn, VersionInfo version)
    {
        if (turn.State.IsTerminal)
            return StepOutcome.Done;
        AggregatingPhase.Require(turn.State, RoundPhase.Publishing, nameof(RoundCommand.VersionWritten));
        var round = turn.State.Round;
        turn.Set(turn.State with
        {
            Version = version with { PublishedMs = turn.NowMs },
            Spent = PrivacySpending.After(turn.State),
            Record = turn.State.Record! with { VersionOut = version.Version, PublishedMs = turn.NowMs },
        });
        turn.Add(new RoundEffect.VersionPublished(turn.State.Version, (turn.NowMs - turn.State.Record!.StartedMs) / 1000.0));
        turn.Event("version-published", data: w =>
        {
            w.WriteNumber("version", version.Version);
            w.WriteString("manifest", version.ManifestDigest);
        });
        turn.Add(new RoundEffect.DeleteSpools(round - 1));
        Evaluating.Begin(turn, turn.State.Version);
        turn.Set(turn.State with
        {
            Phase = RoundPhase.Idle,
            Round = round + 1,
            Attempt = 1,
            Record = null,
            Plan = null,
            Accepted = null,
            LastError = null,
            DeadlineMs = long.MaxValue,
            Participations = turn.State.Participations.Clear(),
        });
        return StepOutcome.Done;
    }
}
