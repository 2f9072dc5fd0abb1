using Federated.Server.Faults;

namespace Federated.Server.Rounds.Phases;

/// <summary>
/// Diagnostics follow the version that they describe. One round's are under way and one round waits; where rounds are published faster
/// than that, the waiting one keeps what the fold itself told, and an event says so.
/// </summary>
static class Diagnosing
{
    const int MostPending = 2;

    /// <summary>A version was published; its diagnostics come when they are ready.</summary>
    public static void Begin(RoundTurn turn, Diagnosis diagnosis)
    {
        if (turn.State.Diagnoses.Length == MostPending)
            GiveUp(turn, turn.State.Diagnoses[^1], new Refusal(Fault.NotDiagnosed, $"Round {diagnosis.Round} was published before the diagnostics of this one began."));
        var isFirst = turn.State.Diagnoses.IsEmpty;
        turn.Set(turn.State with { Diagnoses = turn.State.Diagnoses.Add(diagnosis) });
        if (isFirst)
            Start(turn);
    }

    /// <summary>Asks for the diagnostics of the first round that waits, if one does.</summary>
    public static void Start(RoundTurn turn)
    {
        if (!turn.State.Diagnoses.IsEmpty)
            turn.Add(new RoundEffect.StartDiagnosis(turn.State.Diagnoses[0].Order));
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

    static Diagnosis UnderWay(RoundState state, int round) => state.Diagnoses is [var first, ..] && first.Round == round ? first
        : throw new InvalidOperationException($"Round {round} is not being diagnosed.");

    static StepOutcome Next(RoundTurn turn)
    {
        Start(turn);
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
