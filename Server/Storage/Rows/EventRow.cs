namespace Federated.Server.Storage.Rows;

/// <summary>
/// Something that happened, written in the transaction that made it true. The store gives the number when it commits, so that a larger
/// number was committed later.
/// </summary>
sealed record EventRow : IRow
{
    /// <summary>1 or more; 0 until it is committed.</summary>
    public long Sequence { get; init; }

    public required long TimeMs { get; init; }

    /// <summary>Null for what concerns no run.</summary>
    public string? RunId { get; init; }

    public int? Round { get; init; }
    public string? Client { get; init; }

    /// <summary>Lower case with hyphens, such as version-published; docs/runs.md lists them.</summary>
    public required string Kind { get; init; }

    /// <summary>A code of docs/errors.md where it is a refusal or a failure.</summary>
    public string? Code { get; init; }

    /// <summary>A JSON object.</summary>
    public required string DataJson { get; init; }

    public string Key => Sequence.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
