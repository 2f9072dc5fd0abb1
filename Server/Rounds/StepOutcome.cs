using Federated.Server.Faults;

namespace Federated.Server.Rounds;

/// <summary>How a command was taken; the answer to whoever sent it.</summary>
/// <param name="Kind">What became of it.</param>
/// <param name="Refusal">Why, unless it was taken.</param>
sealed record StepOutcome(OutcomeKind Kind, Refusal? Refusal = null)
{
    public static StepOutcome Done { get; } = new(OutcomeKind.Done);

    public static StepOutcome Refused(Fault fault, string message) => new(OutcomeKind.Refused, new Refusal(fault, message));

    public static StepOutcome Rejected(Fault fault, string message) => new(OutcomeKind.Rejected, new Refusal(fault, message));

    public static StepOutcome Discarded(Fault fault, string message) => new(OutcomeKind.Discarded, new Refusal(fault, message));
}

enum OutcomeKind
{
    /// <summary>Taken; for an update: accepted.</summary>
    Done,

    /// <summary>The update was accepted before; nothing changed.</summary>
    Known,

    /// <summary>The update is wrong.</summary>
    Rejected,

    /// <summary>The update is right but not wanted.</summary>
    Discarded,

    /// <summary>The command does not apply here.</summary>
    Refused,
}
