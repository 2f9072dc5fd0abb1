namespace Federated.Server.Rounds;

/// <summary>The times and results of one round, over all its attempts.</summary>
sealed record RoundRecord(int Round, int VersionIn, long StartedMs)
{
    public int? VersionOut { get; init; }
    public long? CollectedMs { get; init; }
    public long? FoldedMs { get; init; }
    public long? PublishedMs { get; init; }
    public string? DiagnosticsJson { get; init; }
    public string? LeakageJson { get; init; }
    public int Rejected { get; init; }
    public int Discarded { get; init; }
}
