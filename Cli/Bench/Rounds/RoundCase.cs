using Federated.Aggregators.Adapters;
using Federated.Cli.Simulation.Training;

namespace Federated.Cli.Bench.Rounds;

/// <summary>So many clients with so large an adapter.</summary>
/// <param name="Name">For people, and for --only.</param>
/// <param name="Clients">Each a process.</param>
/// <param name="Adapter">Its parameters travel as fp32.</param>
/// <param name="WarmUp">Rounds before those that are measured: until then the runtimes of all processes compile, and rounds of milliseconds take twice as long.</param>
/// <param name="Rounds">Measured ones, at most 1,000.</param>
sealed record RoundCase(string Name, int Clients, SyntheticSettings Adapter, int WarmUp, int Rounds)
{
    public static IReadOnlyList<RoundCase> All { get; } =
    [
        new("2x0.1M", 2, new SyntheticSettings(6, 1_024, 8), 800, 400),
        new("2x8M", 2, new SyntheticSettings(32, 16_384, 8), 10, 20),
        new("8x8M", 8, new SyntheticSettings(32, 16_384, 8), 6, 12),
        new("2x32M", 2, new SyntheticSettings(64, 32_768, 8), 4, 8),
    ];

    const double MostOfFloors = 1.5, MostMiB = 300, MostSecondsOfTheSmallest = 0.010;

    /// <summary>What a measurement should have kept to and did not; empty where it kept to everything.</summary>
    public IEnumerable<string> Missed(Report.BenchEntry entry)
    {
        // Of the smallest updates bytes are the least part, so an absolute time is asked for.
        if (Bytes < 1 << 20 && entry.Median > MostSecondsOfTheSmallest)
            yield return FormattableString.Invariant($"{Name}: {entry.Median:F4} s/round, at most {MostSecondsOfTheSmallest} are wanted");
        if (Bytes >= 1 << 20 && entry.Ratio > MostOfFloors)
            yield return FormattableString.Invariant($"{Name}: {entry.Ratio:F2} x the floors, at most {MostOfFloors} are wanted");
        if (entry.Details["serverPeakMiB"] > MostMiB)
            yield return FormattableString.Invariant($"{Name}: server {entry.Details["serverPeakMiB"]:F0} MiB, at most {MostMiB} are wanted");
    }

    /// <summary>Bytes of one client's update, but for its header.</summary>
    public long Bytes => sizeof(float) * AdapterLayout.Of(Bundle.Schema, Bundle.Plan).TotalElements;

    public Client.Adapters.AdapterBundle Bundle { get; } = SyntheticAdapter.Create(Adapter, seed: 1);
}
