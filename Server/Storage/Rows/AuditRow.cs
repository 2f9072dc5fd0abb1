namespace Federated.Server.Storage.Rows;

/// <summary>One entry of the audit trail; its hash covers the previous entry's, so that none can be changed, removed or put in unseen.</summary>
sealed record AuditRow : IRow
{
    /// <summary>1, 2, 3 ... without a gap.</summary>
    public required long Sequence { get; init; }
    public required long AtMs { get; init; }
    public required string Actor { get; init; }
    public required string Action { get; init; }
    public required string Subject { get; init; }
    public required string Detail { get; init; }
    public required string PreviousHash { get; init; }
    public required string Hash { get; init; }

    public string Key => Sequence.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
