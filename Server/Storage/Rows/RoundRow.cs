namespace Federated.Server.Storage.Rows;

/// <summary>The record of one round, over all its attempts. Round 0 stands for version 0, which is only evaluated.</summary>
sealed record RoundRow : IRow
{
    public required string RunId { get; init; }
    public required int Round { get; init; }
    public required int Attempt { get; init; }
    public required string Phase { get; init; }
    public required int VersionIn { get; init; }
    public int? VersionOut { get; init; }
    public required long StartedMs { get; init; }
    public long? CollectedMs { get; init; }
    public long? FoldedMs { get; init; }
    public long? PublishedMs { get; init; }
    public required int Rejected { get; init; }
    public required int Discarded { get; init; }
    public string? AcceptedSetJson { get; init; }
    public string? AcceptedSetDigest { get; init; }
    public string? DiagnosticsJson { get; init; }
    public string? LeakageJson { get; init; }

    public string Key => $"{RunId}/{Round}";
}
