namespace Federated.Server.Storage.Rows;

/// <summary>The promise that an update was accepted: at most one per assignment, for ever.</summary>
sealed record ReceiptRow : IRow
{
    public required string RunId { get; init; }
    public required string AssignmentId { get; init; }
    public required string Client { get; init; }
    public required int Round { get; init; }
    public required string Digest { get; init; }
    public required long Size { get; init; }
    public required long AcceptedMs { get; init; }

    public string Key => AssignmentId;
}
