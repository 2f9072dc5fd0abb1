using System.Text.Json.Nodes;
using Federated.Cli.Simulation.Training;

namespace Federated.Cli.Simulation;

/// <summary>A federation to be simulated: docs/simulate.md.</summary>
sealed record SimulationSpec
{
    /// <summary>Of everything random outside the run; the run has a seed of its own.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Virtual seconds after which an unfinished run is given up.</summary>
    public required double LimitSeconds { get; init; }

    /// <summary>A RunSpec without base, schema, plan and version0, which the training provides.</summary>
    public required JsonObject Run { get; init; }

    public required ServerSettings Server { get; init; }
    public required IReadOnlyList<ClientSettings> Clients { get; init; }

    /// <summary>Synthetic training; null where <see cref="Torch"/> is given.</summary>
    public SyntheticSettings? Synthetic { get; init; }

    public TorchSettings? Torch { get; init; }
}
