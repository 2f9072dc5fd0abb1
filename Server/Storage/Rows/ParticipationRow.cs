namespace Federated.Server.Storage.Rows;

/// <summary>One client's part in one round.</summary>
sealed record ParticipationRow : IRow
{
    public required string RunId { get; init; }
    public required int Round { get; init; }
    public required string Client { get; init; }
    public required int Attempt { get; init; }
    public required string AssignmentId { get; init; }
    public required string State { get; init; }

    /// <summary>The round in which the assignment was given; earlier than <see cref="Round"/> where an update counts late.</summary>
    public required int StartRound { get; init; }

    public required int StartVersion { get; init; }
    public required string StartManifest { get; init; }
    public required long AssignedMs { get; init; }
    public long? AcceptedMs { get; init; }
    public required long Samples { get; init; }
    public double? TrainingLoss { get; init; }
    public required long BytesUp { get; init; }
    public required long BytesDown { get; init; }
    public string? Digest { get; init; }
    public string? Code { get; init; }

    /// <summary>What was predicted, measured and reported; null where nothing was.</summary>
    public string? PlanningJson { get; init; }

    public string Key => $"{RunId}/{Round}/{Client}";
}
