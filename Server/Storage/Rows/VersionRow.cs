namespace Federated.Server.Storage.Rows;

/// <summary>A published adapter version; append-only.</summary>
sealed record VersionRow : IRow
{
    public required string RunId { get; init; }
    public required int Version { get; init; }
    public required string ManifestDigest { get; init; }
    public required long ManifestSize { get; init; }
    public string? ParentDigest { get; init; }
    public required string SchemaDigest { get; init; }
    public required string PlanDigest { get; init; }
    public required int PlanVersion { get; init; }
    public required string GroupsJson { get; init; }
    public string? OffsetsJson { get; init; }
    public string? StateDigest { get; init; }
    /// <summary>What each measured client is to train from it; null where nobody is planned.</summary>
    public string? PlanningJson { get; init; }
    public required long PublishedMs { get; init; }

    public string Key => $"{RunId}/{Version}";
}
