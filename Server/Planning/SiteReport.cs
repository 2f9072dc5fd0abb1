using System.Collections.Immutable;
using System.Text.Json;
using Federated.Aggregators.Json;

namespace Federated.Server.Planning;

/// <summary>What one site reported for planning: its device, and how much each matrix matters to its data.</summary>
/// <param name="Device">Its id and costs.</param>
/// <param name="Importance">By product group, as the site scored it.</param>
public sealed record SiteReport(DeviceReport Device, ImmutableSortedDictionary<string, double> Importance)
{
    public void Write(Utf8JsonWriter w)
    {
        w.WriteNumber("memoryBytes", Device.MemoryBytes);
        w.WriteObjects("steps", [Device.Small, Device.Large], WriteStep);
        w.WriteNumber("upBytesPerSecond", Device.UpBytesPerSecond);
        w.WriteNumber("downBytesPerSecond", Device.DownBytesPerSecond);
        w.WriteNumber("samples", Device.Samples);
        w.WriteIntegers("baseBits", Device.BaseBits);
        w.WriteNumber("baseWeights", Device.BaseWeights);
        w.WriteNumber("fixedBytes", Device.FixedBytes);
        w.WriteStartObject("importance");
        foreach (var (group, score) in Importance)
            w.WriteNumber(group, score);
        w.WriteEndObject();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static SiteReport Read(StrictObject o, string client)
    {
        var steps = o.Objects("steps", ReadStep);
        var report = new SiteReport(
            new DeviceReport(client, o.Integer("memoryBytes", 0, long.MaxValue), steps[0], steps[1], o.Number("upBytesPerSecond", 0, double.MaxValue), o.Number("downBytesPerSecond", 0, double.MaxValue),
                o.Integer("samples", 0, long.MaxValue), o.Array("baseBits", (e, _) => e.GetInt32()))
            {
                BaseWeights = o.Integer("baseWeights", 0, long.MaxValue),
                FixedBytes = o.Number("fixedBytes", 0, double.MaxValue),
            },
            o.Element("importance")!.Value.EnumerateObject().ToImmutableSortedDictionary(p => p.Name, p => p.Value.GetDouble(), StringComparer.Ordinal));
        o.Done();
        return report;
    }

    static void WriteStep(Utf8JsonWriter w, StepMeasurement step)
    {
        w.WriteNumber("batch", step.Batch);
        w.WriteNumber("seconds", step.Seconds);
        w.WriteNumber("peakBytes", step.PeakBytes);
    }

    static StepMeasurement ReadStep(StrictObject o) =>
        new((int)o.Integer("batch", 1, int.MaxValue), o.Number("seconds", 0, double.MaxValue), o.Integer("peakBytes", 0, long.MaxValue));
}
