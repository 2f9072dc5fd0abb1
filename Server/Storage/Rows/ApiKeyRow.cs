namespace Federated.Server.Storage.Rows;

/// <summary>An operator's API key: the SHA-256 of its secret, never the secret.</summary>
sealed record ApiKeyRow : IRow
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string SecretHash { get; init; }
    public required string Role { get; init; }

    /// <summary>Space-separated run ids that the key is limited to; null for every run and everything else its role allows.</summary>
    public string? Runs { get; init; }

    public required string CreatedBy { get; init; }
    public required long CreatedMs { get; init; }
    public required long ExpiresMs { get; init; }
    public long? RevokedMs { get; init; }

    public string Key => Id;
}
