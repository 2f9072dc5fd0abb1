using Federated.Server.Faults;

namespace Federated.Server.Rounds.Phases;

/// <summary>Makes an earlier version the newest one again. Versions are never taken back: the old values get the next number, and with it the next round.</summary>
static class RollBack
{
    public static StepOutcome Take(RoundTurn turn, RoundCommand.RolledBack command)
    {
        var (state, version) = (turn.State, command.Version);
        if (state.IsTerminal)
            return RunControl.Ended(state);
        if (state.Phase is not (RoundPhase.Idle or RoundPhase.Selecting or RoundPhase.Failed))
            return Busy(state, $"is in phase {RoundRows.Name(state.Phase)} of round {state.Round}");
        if (version.Parent != state.Version.ManifestDigest)
            return Busy(state, $"has published version {state.Version.Version} meanwhile");
        CollectingPhase.ReleaseOutstanding(turn, ParticipationState.Superseded, "superseded");
        turn.Set(turn.State with
        {
            Version = version with { PublishedMs = turn.NowMs },
            Record = (turn.State.Record ?? new RoundRecord(state.Round, command.Source, turn.NowMs)) with { VersionOut = version.Version, PublishedMs = turn.NowMs },
        });
        turn.Event("version-rolled-back", data: w =>
        {
            w.WriteNumber("version", version.Version);
            w.WriteNumber("from", command.Source);
            w.WriteString("manifest", version.ManifestDigest);
        });
        turn.Add(new RoundEffect.VersionPublished(turn.State.Version, 0));
        Evaluating.Begin(turn, turn.State.Version);
        PublishingPhase.NextRound(turn);
        return StepOutcome.Done;
    }

    static StepOutcome Busy(RoundState state, string why) =>
        StepOutcome.Refused(Fault.RoundUnderWay, $"Run '{state.Run}' {why}; pause it, and roll back when it is idle.");
}
