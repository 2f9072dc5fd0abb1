using Federated.Server.Faults;

namespace Federated.Server.Rounds;

/// <summary>What the loop does after the step's rows are durable.</summary>
abstract record RoundEffect
{
    public sealed record PushTrain(string Client, Participation Work) : RoundEffect;

    public sealed record PushEvaluate(string Client, EvaluationRound Evaluation, EvaluationEntry Entry) : RoundEffect;

    public sealed record CancelAssignment(string Client, string AssignmentId, string Reason) : RoundEffect;

    public sealed record StartFold(FoldOrder Order) : RoundEffect;

    public sealed record WriteVersion : RoundEffect;

    /// <summary>A round waits to be diagnosed.</summary>
    public sealed record AwaitDiagnosis : RoundEffect;

    public sealed record StartDiagnosis(FoldOrder Order) : RoundEffect;

    public sealed record VersionPublished(VersionInfo Version, double Seconds) : RoundEffect;

    public sealed record AttemptFailed(int Round, int Attempt, Refusal Reason) : RoundEffect;

    public sealed record RunEnded(string Outcome) : RoundEffect;

    /// <summary>Spools up to this round are no longer needed.</summary>
    public sealed record DeleteSpools(int ThroughRound) : RoundEffect;
}
