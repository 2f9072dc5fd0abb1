namespace Federated.Server.Rounds.Phases;

/// <summary>Clients come and go; whoever comes back finds the work it owes.</summary>
static class FleetChanges
{
    public static StepOutcome Join(RoundTurn turn, FleetMember member)
    {
        var known = turn.State.Fleet.GetValueOrDefault(member.Client);
        turn.Set(turn.State with { Fleet = turn.State.Fleet.SetItem(member.Client, member) });
        if (turn.State.IsTerminal)
            turn.Add(new RoundEffect.RunEnded(RoundRows.Name(turn.State.Phase)));
        if (known?.Session == member.Session)
            return StepOutcome.Done;
        CancelStale(turn, member);
        PushOwed(turn, member);
        return StepOutcome.Done;
    }

    public static StepOutcome Leave(RoundTurn turn, RoundCommand.ClientLeft left)
    {
        // A client that reconnected is here under its newer session; the old stream's end means nothing then.
        if (turn.State.Fleet.GetValueOrDefault(left.Client)?.Session == left.Session)
            turn.Set(turn.State with { Fleet = turn.State.Fleet.Remove(left.Client) });
        return StepOutcome.Done;
    }

    // An accepted one is left alone: its client sends it again and gets its receipt.
    static void CancelStale(RoundTurn turn, FleetMember member)
    {
        foreach (var pending in member.Pending.Where(id => AssignmentIds.RunOf(id) == turn.State.Run).Order(StringComparer.Ordinal))
        {
            var isTrain = turn.State.AssignmentOf(member.Client, pending)?.State is ParticipationState.Assigned or ParticipationState.Accepted;
            if (!isTrain && !Evaluating.Owes(turn.State, member.Client, pending))
                turn.Add(new RoundEffect.CancelAssignment(member.Client, pending, "superseded"));
        }
    }

    static void PushOwed(RoundTurn turn, FleetMember member)
    {
        foreach (var evaluation in turn.State.Evaluations.Values)
        {
            if (evaluation.Entries.GetValueOrDefault(member.Client) is { State: EvaluationState.Assigned } entry && !member.Pending.Contains(entry.AssignmentId))
                turn.Add(new RoundEffect.PushEvaluate(member.Client, evaluation, entry));
        }
        if (turn.State.Phase != RoundPhase.Collecting && turn.State.Spec.Asynchrony is null)
            return;
        foreach (var part in new[] { turn.State.Participations.GetValueOrDefault(member.Client), turn.State.Late.GetValueOrDefault(member.Client) })
        {
            if (part is { State: ParticipationState.Assigned } && !member.Pending.Contains(part.AssignmentId))
                turn.Add(new RoundEffect.PushTrain(member.Client, part));
        }
    }
}
