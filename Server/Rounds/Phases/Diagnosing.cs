using Federated.Server.Faults;

namespace Federated.Server.Rounds.Phases;

/// <summary>
/// Diagnostics follow the version that they describe, when there is time for them. One round's are under way and one round waits; where rounds are published faster
/// than that, the waiting one keeps what the fold itself told, and an event says so.
/// </summary>
static class Diagnosing
{
    /// <summary>A version was published; its diagnostics come when they are ready.</summary>
    public static void Begin(RoundTurn turn, Diagnosis diagnosis)
    {
        var wasAsked = !turn.State.Diagnoses.IsEmpty;
        if (turn.State.Diagnoses.Length > (turn.State.IsDiagnosing ? 1 : 0))
            GiveUp(turn, turn.State.Diagnoses[^1], new Refusal(Fault.NotDiagnosed, $"Round {diagnosis.Round} was published before the diagnostics of this one began."));
        turn.Set(turn.State with { Diagnoses = turn.State.Diagnoses.Add(diagnosis) });
        if (!wasAsked)
            Ask(turn);
    }

    /// <summary>Asks for time, if a round waits. Until there is some, a newer round may take the place of the one that waits: its updates need not be kept.</summary>
    public static void Ask(RoundTurn turn)
    {
        if (!turn.State.Diagnoses.IsEmpty)
            turn.Add(new RoundEffect.AwaitDiagnosis());
    }

    /// <summary>There is time for the first round that waits.</summary>
    public static StepOutcome Start(RoundTurn turn)
    {
        if (turn.State.IsDiagnosing || turn.State.Diagnoses.IsEmpty)
            return StepOutcome.Done;
        turn.Set(turn.State with { IsDiagnosing = true });
        turn.Add(new RoundEffect.StartDiagnosis(turn.State.Diagnoses[0].Order));
        return StepOutcome.Done;
    }

    public static StepOutcome Complete(RoundTurn turn, RoundCommand.Diagnosed command)
    {
        var diagnosis = UnderWay(turn.State, command.Round);
        Remove(turn, diagnosis, command.Json);
        turn.Event(diagnosis.Round, "round-diagnosed");
        return Next(turn);
    }

    public static StepOutcome Fail(RoundTurn turn, RoundCommand.NotDiagnosed command)
    {
        GiveUp(turn, UnderWay(turn.State, command.Round), command.Reason);
        return Next(turn);
    }

    static Diagnosis UnderWay(RoundState state, int round) => state.IsDiagnosing && state.Diagnoses is [var first, ..] && first.Round == round ? first
        : throw new InvalidOperationException($"Round {round} is not being diagnosed.");

    static StepOutcome Next(RoundTurn turn)
    {
        turn.Set(turn.State with { IsDiagnosing = false });
        Ask(turn);
        turn.Add(new RoundEffect.DeleteSpools(turn.State.SpentSpools));
        return StepOutcome.Done;
    }

    static void GiveUp(RoundTurn turn, Diagnosis diagnosis, Refusal reason)
    {
        Remove(turn, diagnosis, diagnosis.Record.DiagnosticsJson ?? "[]");
        turn.Event(diagnosis.Round, "round-not-diagnosed", reason.Fault);
    }

    static void Remove(RoundTurn turn, Diagnosis diagnosis, string json)
    {
        turn.Add(RoundRows.Diagnosed(turn.State, diagnosis, json));
        turn.Set(turn.State with { Diagnoses = turn.State.Diagnoses.Remove(diagnosis) });
    }
}
