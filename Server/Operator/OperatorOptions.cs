namespace Federated.Server.Operator;

/// <summary>Limits of the REST interface.</summary>
sealed record OperatorOptions
{
    /// <summary>Whether every call needs an API key, or whoever is on this machine is the operator.</summary>
    public required bool RequireKeys { get; init; }

    /// <summary>Whether the listener is reachable from this machine only; then Host must be a name of this machine.</summary>
    public required bool LoopbackOnly { get; init; }

    /// <summary>Requests a second that a caller may make on the average; 1 to 100,000; default 100.</summary>
    public double RequestsPerSecond { get; init; } = 100;

    /// <summary>Requests that a caller may make at once; 1 to 100,000; default 400.</summary>
    public int RequestBurst { get; init; } = 400;

    /// <summary>Open event streams of all callers; default 64.</summary>
    public int MaxEventStreams { get; init; } = 64;

    /// <summary>Seconds in which the head of a request must have come; default 10.</summary>
    public double HeadSeconds { get; init; } = 10;

    /// <summary>Bytes a second at which a body must come on the average; default 240.</summary>
    public double BodyBytesPerSecond { get; init; } = 240;

    /// <summary>Seconds before that is asked of a body, above 1; default 5.</summary>
    public double BodyGraceSeconds { get; init; } = 5;

    /// <summary>Seconds between two signs of life on an event stream; default 15.</summary>
    public double EventHeartbeatSeconds { get; init; } = 15;
}
