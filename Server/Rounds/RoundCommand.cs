using Federated.Server.Faults;
using Federated.Server.Planning;

namespace Federated.Server.Rounds;

/// <summary>Something that happened, told to the run's loop.</summary>
abstract record RoundCommand
{
    /// <summary>The loop begins, on a new run or after a restart.</summary>
    public sealed record Start : RoundCommand;

    /// <summary>Time has passed.</summary>
    public sealed record Tick : RoundCommand;

    public sealed record ClientJoined(FleetMember Member) : RoundCommand;

    public sealed record ClientLeft(string Client, long Session) : RoundCommand;

    /// <summary>The client will not do an assignment: declined, or tried and failed.</summary>
    public sealed record AssignmentRefused(string Client, string AssignmentId, bool Declined) : RoundCommand;

    /// <summary>May this assignment's update come? Changes nothing but counters.</summary>
    public sealed record UpdateOffered(string Client, string AssignmentId, string Digest) : RoundCommand;

    /// <summary>An update's bytes are durable and valid; may it count?</summary>
    public sealed record UpdateArrived(string Client, string AssignmentId, string Digest, long Size) : RoundCommand
    {
        public long Samples { get; init; }
        public double? TrainingLoss { get; init; }
        public long BytesDown { get; init; }
        public WorkCost? Measured { get; init; }
        public SiteReport? Report { get; init; }
    }

    /// <summary>An update was found wrong before it could count.</summary>
    public sealed record UpdateRefused(string Client, string AssignmentId, Fault Fault) : RoundCommand;

    public sealed record EvaluationArrived(string Client, string AssignmentId, long Samples, long Correct, double LossSum) : RoundCommand;

    public sealed record FoldCompleted(FoldedVersion Folded) : RoundCommand;

    /// <summary>The updates cannot be combined: their set is quarantined.</summary>
    public sealed record FoldRefused(Refusal Reason) : RoundCommand;

    /// <summary>Bytes of accepted updates are gone or changed: their clients must make them again, the others' still count.</summary>
    public sealed record UpdatesLost(IReadOnlyList<string> Clients, Refusal Reason) : RoundCommand;

    public sealed record VersionWritten(VersionInfo Version) : RoundCommand;

    /// <summary>There is time to diagnose a round.</summary>
    public sealed record DiagnosisDue : RoundCommand;

    /// <summary>A published round's diagnostics, a JSON array.</summary>
    public sealed record Diagnosed(int Round, string Json) : RoundCommand;

    /// <summary>A published round's diagnostics cannot be computed.</summary>
    public sealed record NotDiagnosed(int Round, Refusal Reason) : RoundCommand;

    /// <summary>Folding or writing was interrupted by the machine, not by the updates; it is tried again.</summary>
    public sealed record WorkInterrupted(Refusal Reason) : RoundCommand;

    /// <summary>An earlier version's values were written as the next version.</summary>
    public sealed record RolledBack(VersionInfo Version, int Source) : RoundCommand;

    public sealed record Pause : RoundCommand;

    public sealed record Resume : RoundCommand;

    public sealed record Stop : RoundCommand;
}
