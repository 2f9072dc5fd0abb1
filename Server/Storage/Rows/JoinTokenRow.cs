namespace Federated.Server.Storage.Rows;

/// <summary>A one-time invitation of one client id: the SHA-256 of its secret, never the secret.</summary>
sealed record JoinTokenRow : IRow
{
    public required string Id { get; init; }
    public required string SecretHash { get; init; }
    public required string Client { get; init; }
    public required string CreatedBy { get; init; }
    public required long CreatedMs { get; init; }
    public required long ExpiresMs { get; init; }
    public long? UsedMs { get; init; }
    public long? RevokedMs { get; init; }

    public string Key => Id;
}
