namespace Federated.Server.Storage.Rows;

/// <summary>One client's evaluation of one version: counts and sums, never means.</summary>
sealed record EvaluationRow : IRow
{
    public required string RunId { get; init; }
    public required int Version { get; init; }
    public required string Client { get; init; }
    public required int Attempt { get; init; }
    public required string AssignmentId { get; init; }
    public required string State { get; init; }
    public required long DeadlineMs { get; init; }
    public required long Samples { get; init; }
    public required long Correct { get; init; }
    public required double LossSum { get; init; }
    public string? Code { get; init; }

    public string Key => $"{RunId}/{Version}/{Client}";
}
