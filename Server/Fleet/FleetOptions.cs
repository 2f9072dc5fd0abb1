namespace Federated.Server.Fleet;

/// <summary>Limits on the fleet.</summary>
sealed record FleetOptions
{
    /// <summary>1 to 100,000; default 10,000.</summary>
    public int MaxClients { get; init; } = 10_000;

    /// <summary>A side that was silent this long sends a heartbeat; after three it is given up. 1 to 600; default 15.</summary>
    public int HeartbeatSeconds { get; init; } = 15;

    /// <summary>How long a new stream may take to say Hello. Default 10.</summary>
    public int HelloSeconds { get; init; } = 10;

    /// <summary>Whether a client that nobody decided about must wait until an admin approves it. Default false.</summary>
    public bool ApproveClients { get; init; }
}
