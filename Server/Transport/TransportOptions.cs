namespace Federated.Server.Transport;

/// <summary>Limits on calls.</summary>
sealed record TransportOptions
{
    /// <summary>Open gRPC calls of all kinds; default 20,000.</summary>
    public int MaxStreams { get; init; } = 20_000;
}
