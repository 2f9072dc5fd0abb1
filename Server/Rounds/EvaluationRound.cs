using System.Collections.Immutable;
using Federated.Server.Faults;

namespace Federated.Server.Rounds;

/// <summary>The open evaluation of one version; it leaves the state when everybody has answered or the time is up.</summary>
sealed record EvaluationRound(VersionInfo Target, int Attempt, long DeadlineMs, ImmutableSortedDictionary<string, EvaluationEntry> Entries)
{
    public int Version => Target.Version;

    /// <summary>The sums over everybody who answered, in client-id order.</summary>
    public EvaluationTotal Total => EvaluationTotal.Of(Entries.Values);

    public bool IsOver => Entries.Values.All(e => e.State != EvaluationState.Assigned);
}

sealed record EvaluationEntry(string Client, string AssignmentId, EvaluationState State)
{
    public long Samples { get; init; }
    public long Correct { get; init; }
    public double LossSum { get; init; }
    public Fault? Fault { get; init; }
}

enum EvaluationState
{
    Assigned,
    Done,
    Declined,
    Failed,
    Missed,
}
