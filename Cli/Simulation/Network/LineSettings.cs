namespace Federated.Cli.Simulation.Network;

/// <summary>A client's line to the coordinator.</summary>
sealed record LineSettings
{
    /// <summary>One way, 0 to 60,000; default 20.</summary>
    public double LatencyMs { get; init; } = 20;

    /// <summary>Added to each message's latency, uniform, 0 to 60,000; default 0.</summary>
    public double JitterMs { get; init; }

    /// <summary>KiB a second towards the coordinator; 0, the default, is no limit.</summary>
    public double UpKiBps { get; init; }

    /// <summary>KiB a second from the coordinator; 0, the default, is no limit.</summary>
    public double DownKiBps { get; init; }

    /// <summary>Share of messages that must be sent again, 0 to 0.5; default 0.</summary>
    public double Loss { get; init; }

    /// <summary>Mean seconds between breaks of all connections; 0, the default, is never.</summary>
    public double CutEverySeconds { get; init; }

    /// <summary>Spans in which nothing arrives, either way.</summary>
    public IReadOnlyList<(TimeSpan From, TimeSpan Until)> Partitions { get; init; } = [];
}
