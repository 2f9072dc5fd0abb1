using Federated.Aggregators.Adapters;
using Federated.Cli.Simulation.Training;

namespace Federated.Cli.Bench.Rounds;

/// <summary>So many clients with so large an adapter.</summary>
/// <param name="Name">For people, and for --only.</param>
/// <param name="Clients">Each a process.</param>
/// <param name="Adapter">Its parameters travel as fp32.</param>
/// <param name="Rounds">Measured ones; a quarter more run before them.</param>
sealed record RoundCase(string Name, int Clients, SyntheticSettings Adapter, int Rounds)
{
    public static IReadOnlyList<RoundCase> All { get; } =
    [
        new("2x0.1M", 2, new SyntheticSettings(6, 1_024, 8), 200),
        new("2x8M", 2, new SyntheticSettings(32, 16_384, 8), 20),
        new("8x8M", 8, new SyntheticSettings(32, 16_384, 8), 12),
        new("2x32M", 2, new SyntheticSettings(64, 32_768, 8), 8),
    ];

    /// <summary>Bytes of one client's update, but for its header.</summary>
    public long Bytes => sizeof(float) * AdapterLayout.Of(Bundle.Schema, Bundle.Plan).TotalElements;

    public Client.Adapters.AdapterBundle Bundle { get; } = SyntheticAdapter.Create(Adapter, seed: 1);
}
