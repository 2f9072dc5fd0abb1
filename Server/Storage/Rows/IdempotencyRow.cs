namespace Federated.Server.Storage.Rows;

/// <summary>A POST that carried an idempotency key, and what was answered. Slots are used again, the oldest first, so the table is bounded.</summary>
sealed record IdempotencyRow : IRow
{
    public required int Slot { get; init; }

    /// <summary>Grows for ever; the slot is this modulo the number of slots.</summary>
    public required long Sequence { get; init; }
    public required string Actor { get; init; }
    public required string IdempotencyKey { get; init; }
    public required string RequestHash { get; init; }

    /// <summary>HTTP status; 0 while the request is being carried out, or for ever if the server ended meanwhile.</summary>
    public required int Status { get; init; }
    public string? Location { get; init; }

    /// <summary>Null where it was too long, or held a secret.</summary>
    public string? Body { get; init; }

    public string Key => Slot.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
