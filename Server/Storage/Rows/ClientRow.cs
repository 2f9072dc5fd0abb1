namespace Federated.Server.Storage.Rows;

/// <summary>A client that was seen once: its id and the SHA-256 of its token, never the token.</summary>
sealed record ClientRow : IRow
{
    public required string Id { get; init; }
    public required string TokenHash { get; init; }
    public required long FirstSeenMs { get; init; }

    public string Key => Id;
}
