using Federated.Cli.Simulation.Network;
using Federated.Client.Configuration;

namespace Federated.Cli.Simulation;

/// <summary>A group of alike clients.</summary>
sealed record ClientSettings
{
    /// <summary>Prefix of their ids: NAME-0000, NAME-0001, ...</summary>
    public required string Name { get; init; }

    public required int Count { get; init; }

    /// <summary>Training samples of a client, uniform between the two.</summary>
    public (int Least, int Most) Samples { get; init; } = (100, 100);

    public int EvaluationSamples { get; init; }

    /// <summary>Median optimiser steps a second; default 10.</summary>
    public double StepsPerSecond { get; init; } = 10;

    /// <summary>Speeds differ between clients by a log-uniform factor in [1/(1+s), 1+s]; default 0.</summary>
    public double SpeedSpread { get; init; }

    /// <summary>One assignment's speed differs from the client's by up to this share either way; default 0.</summary>
    public double SpeedJitter { get; init; }

    /// <summary>The clients start at uniform instants within so many seconds; default 1.</summary>
    public double StartWithinSeconds { get; init; } = 1;

    /// <summary>Mean seconds between crashes of one client, exponential; 0, the default, is never.</summary>
    public double CrashEverySeconds { get; init; }

    /// <summary>Mean seconds that a crashed client stays away, exponential; default 10.</summary>
    public double DownSeconds { get; init; } = 10;

    /// <summary>A crash looks like a power cut: the coordinator hears nothing instead of a reset.</summary>
    public bool Silent { get; init; }

    public Byzantine Byzantine { get; init; }

    /// <summary>How strongly a byzantine client distorts; default 10.</summary>
    public double ByzantineFactor { get; init; } = 10;

    public LineSettings Line { get; init; } = new();

    /// <summary>Images of real training, as a client's configuration names them; null for synthetic training.</summary>
    public DataConfiguration? Data { get; init; }
}
