using Federated.Server.Faults;
using Federated.Server.Rounds.Phases;

namespace Federated.Server.Rounds;

/// <summary>
/// A run's life as a pure function. No I/O, no clock, no randomness but the seed's: the server, the simulator and the crash tests
/// interpret what it returns.
/// </summary>
static class RoundMachine
{
    /// <summary>
    /// Takes one command. Whatever a remote caller can cause is answered by value; a command that only our own loop can send, in a
    /// phase in which it cannot have sent it, throws.
    /// </summary>
    public static StepResult Step(RoundState state, RoundCommand command, long nowMs)
    {
        var turn = new RoundTurn(state, nowMs);
        var outcome = Take(turn, command);
        Advance(turn);
        return turn.Finish(outcome);
    }

    static StepOutcome Take(RoundTurn turn, RoundCommand command) => command switch
    {
        RoundCommand.Start => RunControl.Start(turn),
        RoundCommand.Tick => StepOutcome.Done,
        RoundCommand.Pause => RunControl.Pause(turn),
        RoundCommand.Resume => RunControl.Resume(turn),
        RoundCommand.Stop => RunControl.Stop(turn),
        RoundCommand.RolledBack rolled => RollBack.Take(turn, rolled),
        RoundCommand.ClientJoined joined => FleetChanges.Join(turn, joined.Member),
        RoundCommand.ClientLeft left => FleetChanges.Leave(turn, left),
        RoundCommand.AssignmentRefused refused => CollectingPhase.Refuse(turn, refused),
        RoundCommand.UpdateOffered offer => CollectingPhase.Offer(turn, offer),
        RoundCommand.UpdateArrived update => CollectingPhase.Accept(turn, update),
        RoundCommand.UpdateRefused update => CollectingPhase.Reject(turn, update),
        RoundCommand.EvaluationArrived evaluation => Evaluating.Accept(turn, evaluation),
        RoundCommand.FoldCompleted folded => AggregatingPhase.Complete(turn, folded.Folded),
        RoundCommand.FoldRefused refused => AggregatingPhase.Quarantine(turn, refused.Reason),
        RoundCommand.UpdatesLost lost => AggregatingPhase.Lose(turn, lost),
        RoundCommand.VersionWritten written => PublishingPhase.Complete(turn, written.Version),
        RoundCommand.DiagnosisDue => Diagnosing.Start(turn),
        RoundCommand.Diagnosed diagnosed => Diagnosing.Complete(turn, diagnosed),
        RoundCommand.NotDiagnosed failed => Diagnosing.Fail(turn, failed),
        RoundCommand.WorkInterrupted interrupted => AggregatingPhase.Interrupt(turn, interrupted.Reason),
        _ => throw new InvalidOperationException($"{command.GetType().Name} is no command of this machine."),
    };

    // Each pass makes at most one transition; the loop ends because every cycle passes through a phase that waits for the outside.
    static void Advance(RoundTurn turn)
    {
        Evaluating.Expire(turn);
        while (AdvanceOnce(turn))
        {
        }
    }

    static bool AdvanceOnce(RoundTurn turn) => turn.State.Phase switch
    {
        RoundPhase.Idle => IdlePhase.Advance(turn),
        RoundPhase.Selecting => SelectingPhase.Advance(turn),
        RoundPhase.Collecting => CollectingPhase.Advance(turn),
        RoundPhase.Aggregating => AggregatingPhase.Advance(turn),
        RoundPhase.Failed => FailedPhase.Advance(turn),
        RoundPhase.Publishing or RoundPhase.Completed or RoundPhase.Stopped => false,
        _ => throw new InvalidOperationException($"{turn.State.Phase} is no phase."),
    };
}
