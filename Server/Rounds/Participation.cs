using Federated.Server.Faults;

namespace Federated.Server.Rounds;

/// <summary>One client's part in the round: its assignment, and what became of it.</summary>
sealed record Participation(string Client, string AssignmentId, int Attempt, ParticipationState State, string StartManifest)
{
    /// <summary>The round that gave the assignment; its update may count in a later one.</summary>
    public required int StartRound { get; init; }

    /// <summary>The version that the client starts from.</summary>
    public required int StartVersion { get; init; }

    public required long AssignedMs { get; init; }
    public string? Digest { get; init; }
    public long Size { get; init; }
    public long Samples { get; init; }
    public double? TrainingLoss { get; init; }
    public long? AcceptedMs { get; init; }
    public long BytesDown { get; init; }
    public Fault? Fault { get; init; }
}
