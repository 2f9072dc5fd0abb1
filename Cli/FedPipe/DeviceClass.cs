using Federated.Server.Planning;

namespace Federated.Cli.FedPipe;

/// <summary>A simulated kind of device: what this machine measured, slowed down, with a budget and a link of its own.</summary>
/// <param name="Name">For people.</param>
/// <param name="MemoryMebibytes">Above what the process takes before training.</param>
/// <param name="Slowdown">Factor on this machine's step time.</param>
/// <param name="BytesPerSecond">Both ways.</param>
sealed record DeviceClass(string Name, double MemoryMebibytes, double Slowdown, double BytesPerSecond)
{
    /// <summary>Four kinds, weakest first: a small board on a slow link, a phone, a laptop, a workstation.</summary>
    public static IReadOnlyList<DeviceClass> All { get; } =
    [
        new("board", 6, 12, 8e3), new("phone", 10, 6, 40e3), new("laptop", 20, 2, 250e3), new("workstation", 64, 1, 2e6),
    ];

    public DeviceReport Report(string client, StepMeasurement small, StepMeasurement large, long samples, long baseWeights) => new(
        client, (long)(MemoryMebibytes * (1 << 20)), small with { Seconds = Slowdown * small.Seconds }, large with { Seconds = Slowdown * large.Seconds },
        BytesPerSecond, BytesPerSecond, samples, [32, 8, 4]) { BaseWeights = baseWeights };
}
