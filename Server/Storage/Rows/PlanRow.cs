namespace Federated.Server.Storage.Rows;

/// <summary>A round plan, saved before the first push; an attempt that takes replacements saves it again.</summary>
sealed record PlanRow : IRow
{
    public required string RunId { get; init; }
    public required int Round { get; init; }
    public required int Attempt { get; init; }
    public required string Json { get; init; }
    public required string Digest { get; init; }
    public required long DeadlineMs { get; init; }

    public string Key => $"{RunId}/{Round}/{Attempt}";
}
