using Federated.Server.Faults;
using Federated.Server.Planning;

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

    /// <summary>What the plan said that the work would take; null where it was not planned.</summary>
    public WorkCost? Predicted { get; init; }

    /// <summary>What it took, as the client measured it; null where it was not asked.</summary>
    public WorkCost? Measured { get; init; }

    /// <summary>What the client reported for the next plan.</summary>
    public SiteReport? Report { get; init; }
}

/// <param name="Bytes">Of memory; 0 where unknown.</param>
/// <param name="Seconds">Predicted: of training and transfers. Measured: of training.</param>
sealed record WorkCost(double Bytes, double Seconds);
