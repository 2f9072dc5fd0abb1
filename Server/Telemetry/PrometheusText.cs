using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Federated.Server.Telemetry;

/// <summary>
/// Metrics in the Prometheus text format 0.0.4, with names after OpenTelemetry's compatibility rules: dots become underlines, the unit is
/// spelt out at the end, counters end in _total.
/// </summary>
sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    static readonly Dictionary<string, string> Units = new()
    {
        ["s"] = "seconds", ["ms"] = "milliseconds", ["By"] = "bytes", ["%"] = "percent", ["1"] = "ratio",
    };

    readonly StringBuilder _text = new();
    readonly HashSet<string> _written = new(StringComparer.Ordinal);

    public override string ToString() => _text.ToString();

    /// <summary>A family; one whose name was written already is left out, because Prometheus refuses a page that has it twice.</summary>
    public void Add(Metric metric)
    {
        var counter = metric.MetricType is MetricType.LongSum or MetricType.DoubleSum;
        var name = NameOf(metric.Name, metric.Unit, counter);
        var type = metric.MetricType == MetricType.Histogram ? "histogram" : counter ? "counter" : "gauge";
        if (metric.MetricType is MetricType.ExponentialHistogram || !_written.Add(name))
            return;
        _text.Append("# HELP ").Append(name).Append(' ').Append(Escaped(metric.Description, quotes: false)).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            if (metric.MetricType == MetricType.Histogram)
                Histogram(name, point);
            else
                Line(name, Labels(point.Tags), Value(metric.MetricType, point));
        }
    }

    /// <summary>federated.round.duration in s is federated_round_duration_seconds.</summary>
    public static string NameOf(string name, string unit, bool counter)
    {
        var text = new StringBuilder();
        foreach (var c in name)
            text.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        if (Units.TryGetValue(unit, out var suffix) && !name.EndsWith(suffix, StringComparison.Ordinal))
            text.Append('_').Append(suffix);
        if (counter && !name.EndsWith("total", StringComparison.Ordinal))
            text.Append("_total");
        return text.ToString();
    }

    void Histogram(string name, in MetricPoint point)
    {
        var labels = Labels(point.Tags);
        long below = 0;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            below += bucket.BucketCount;
            var bound = double.IsPositiveInfinity(bucket.ExplicitBound) ? "+Inf" : Number(bucket.ExplicitBound);
            Line(name + "_bucket", labels + (labels.Length > 0 ? "," : "") + $"le=\"{bound}\"", below);
        }
        Line(name + "_sum", labels, point.GetHistogramSum());
        Line(name + "_count", labels, point.GetHistogramCount());
    }

    void Line(string name, string labels, double value)
    {
        _text.Append(name);
        if (labels.Length > 0)
            _text.Append('{').Append(labels).Append('}');
        _text.Append(' ').Append(Number(value)).Append('\n');
    }

    static double Value(MetricType type, in MetricPoint point) => type switch
    {
        MetricType.LongSum or MetricType.LongSumNonMonotonic => point.GetSumLong(),
        MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => point.GetSumDouble(),
        MetricType.LongGauge => point.GetGaugeLastValueLong(),
        _ => point.GetGaugeLastValueDouble(),
    };

    static string Labels(ReadOnlyTagCollection tags)
    {
        var labels = new List<string>();
        foreach (var (key, value) in tags)
            labels.Add($"{NameOf(key, "", false)}=\"{Escaped(Convert.ToString(value, CultureInfo.InvariantCulture), quotes: true)}\"");
        return string.Join(',', labels);
    }

    static string Escaped(string? text, bool quotes)
    {
        text = (text ?? "").Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);
        return quotes ? text.Replace("\"", "\\\"", StringComparison.Ordinal) : text;
    }

    static string Number(double value) => double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);
}
