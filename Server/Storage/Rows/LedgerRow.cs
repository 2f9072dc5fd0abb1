namespace Federated.Server.Storage.Rows;

/// <summary>What publishing one version cost; committed with the version's own row, append-only.</summary>
sealed record LedgerRow : IRow
{
    public required string RunId { get; init; }
    public required int Version { get; init; }
    public required int Round { get; init; }

    /// <summary>"server" or "site".</summary>
    public required string At { get; init; }

    /// <summary>Noise multiplier of the round as one Gaussian event.</summary>
    public required double Noise { get; init; }

    public required int Planned { get; init; }

    /// <summary>The accepted clients, a JSON array in ordinal order.</summary>
    public required string ClientsJson { get; init; }

    public required string AcceptedSetDigest { get; init; }

    /// <summary>The most that any client has spent, this round included.</summary>
    public required double Epsilon { get; init; }

    public required double Delta { get; init; }
    public required string Accountant { get; init; }
    public required long AtMs { get; init; }

    public string Key => $"{RunId}/{Version}";
}
