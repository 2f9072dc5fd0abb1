namespace Federated.Server.Storage.Rows;

/// <summary>What the operators decided about a client; one that nobody decided about has no row.</summary>
sealed record StandingRow : IRow
{
    public required string Client { get; init; }
    public required bool Approved { get; init; }
    public required bool Draining { get; init; }
    public required bool Revoked { get; init; }
    public required string LabelsJson { get; init; }
    public required long ChangedMs { get; init; }

    public string Key => Client;
}
