using System.Collections.Immutable;
using Federated.Server.Planning;

namespace Federated.Server.Transport.Uploads;

/// <summary>What a site measured, as it says; self-reported, never trusted for more than sizing its own work.</summary>
sealed record SiteMeasurement(long MemoryBytes, StepMeasurement Small, StepMeasurement Large, double UpBytesPerSecond, double DownBytesPerSecond)
{
    public required IReadOnlyList<int> BaseBits { get; init; }
    public required long BaseWeights { get; init; }
    public required IReadOnlyList<(string Group, double Score)> Importance { get; init; }

    /// <summary>As the planner reads it.</summary>
    /// <param name="client">Whose it is.</param>
    /// <param name="samples">Its training examples.</param>
    /// <param name="scalars">Trained in the measured steps.</param>
    public SiteReport Report(string client, long samples, long scalars)
    {
        // Before its first upload a site knows one direction only.
        var (up, down) = (UpBytesPerSecond > 0 ? UpBytesPerSecond : DownBytesPerSecond, DownBytesPerSecond > 0 ? DownBytesPerSecond : UpBytesPerSecond);
        var device = new DeviceReport(client, MemoryBytes, Small, Large, up, down, samples, BaseBits) { BaseWeights = BaseWeights };
        return new SiteReport(device.Problem() is null ? device.Explained(scalars) : device,
            ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, Importance.DistinctBy(i => i.Group).Select(i => KeyValuePair.Create(i.Group, i.Score))));
    }
}
