namespace Federated.Server.Storage.Rows;

/// <summary>A run: what the operator asked for (never changes) and where its loop stands.</summary>
sealed record RunRow : IRow
{
    public required string Id { get; init; }
    public required string SpecJson { get; init; }
    public required string SpecDigest { get; init; }
    public required long CreatedMs { get; init; }
    public required string Phase { get; init; }
    public required bool Paused { get; init; }
    public required int Round { get; init; }
    public required int Attempt { get; init; }
    public required int Version { get; init; }
    public long? RetryAtMs { get; init; }
    public string? LastError { get; init; }

    public string Key => Id;
}
