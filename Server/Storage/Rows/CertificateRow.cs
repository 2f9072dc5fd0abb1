namespace Federated.Server.Storage.Rows;

/// <summary>A client certificate that this server's authority issued.</summary>
sealed record CertificateRow : IRow
{
    /// <summary>Lower-case hex, as in the certificate.</summary>
    public required string Serial { get; init; }
    public required string Client { get; init; }
    public required long IssuedMs { get; init; }
    public required long ExpiresMs { get; init; }
    public long? RevokedMs { get; init; }

    public string Key => Serial;
}
