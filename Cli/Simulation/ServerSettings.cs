namespace Federated.Cli.Simulation;

/// <summary>The simulated coordinator.</summary>
sealed record ServerSettings
{
    /// <summary>1 to 600; default 15.</summary>
    public int HeartbeatSeconds { get; init; } = 15;

    /// <summary>Of a fold, 1 to 64; default 1. Changes no bit of the result.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Instants at which it is killed, in seconds from the beginning.</summary>
    public IReadOnlyList<double> CrashAtSeconds { get; init; } = [];

    /// <summary>How long it stays away, 0 to 86,400; default 5.</summary>
    public double DownSeconds { get; init; } = 5;
}
