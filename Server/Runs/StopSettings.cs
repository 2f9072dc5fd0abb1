using System.Text.Json;
using Federated.Aggregators.Json;

namespace Federated.Server.Runs;

/// <summary>When a run is complete before its last round, judged by the federated evaluation.</summary>
/// <param name="Metric">accuracy (more is better) or loss (less is better).</param>
/// <param name="Target">Reached: complete. Null: none.</param>
/// <param name="Patience">Versions without a better value; 0: for ever.</param>
/// <param name="MinDelta">What counts as better, 0 or more.</param>
sealed record StopSettings(string Metric, double? Target, int Patience, double MinDelta)
{
    static readonly string[] Metrics = ["accuracy", "loss"];

    public bool IsLossBased => Metric == "loss";

    /// <exception cref="FormatException">Neither a target nor a patience is there, or a value is out of its range.</exception>
    public static StopSettings Read(StrictObject o)
    {
        var settings = new StopSettings(
            o.Choice("metric", Metrics, "accuracy"),
            o.Element("target") is null ? null : o.Number("target", 0, 1e12),
            (int)o.Integer("patience", 0, 1_000_000, 0),
            o.Number("minDelta", 0, 1e12, 0));
        o.Done();
        return settings is { Target: null, Patience: 0 } ? throw new FormatException($"{o.Path} has neither target nor patience.") : settings;
    }

    public void Write(Utf8JsonWriter w)
    {
        w.WriteStartObject("stop");
        w.WriteString("metric", Metric);
        if (Target is { } target)
            w.WriteNumber("target", target);
        w.WriteNumber("patience", Patience);
        w.WriteNumber("minDelta", MinDelta);
        w.WriteEndObject();
    }
}
