using System.Diagnostics.Metrics;
using Federated.Server.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Server.Tests.Telemetry;

public sealed class PrometheusTextTests
{
    [Fact]
    public async Task Scrape_HostileLabel_StaysOneLineOfOneSeries()
    {
        var lines = await ScrapeAsync(meter => meter.CreateCounter<long>("a.b", "{x}", "Says \\ and\na line.").Add(3, new KeyValuePair<string, object?>("run", "x\"} 1\ny{z=\"\\")));

        Assert.Equal(["# HELP a_b_total Says \\\\ and\\na line.", "# TYPE a_b_total counter", "a_b_total{run=\"x\\\"} 1\\ny{z=\\\"\\\\\"} 3"], lines);
    }

    [Fact]
    public async Task Scrape_Histogram_HasCumulativeBucketsThatEndInItsCount()
    {
        var lines = await ScrapeAsync(meter =>
        {
            var histogram = meter.CreateHistogram<double>("wait", "s", "Of a test.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 10] });
            foreach (var value in (double[])[0.5, 1, 5, 50])
                histogram.Record(value);
        });

        Assert.Equal(
            ["wait_seconds_bucket{le=\"1\"} 2", "wait_seconds_bucket{le=\"10\"} 3", "wait_seconds_bucket{le=\"+Inf\"} 4", "wait_seconds_sum 56.5", "wait_seconds_count 4"],
            lines.Skip(2));
    }

    [Fact]
    public async Task Scrape_TwoMetersWithTheSameName_WriteOneFamily()
    {
        var lines = await ScrapeAsync(meter =>
        {
            meter.CreateObservableGauge("same.name", () => 1, null, "First.");
            meter.CreateObservableGauge("same_name", () => 2, null, "Second.");
        });

        Assert.Equal(["# HELP same_name First.", "# TYPE same_name gauge", "same_name 1"], lines);
    }

    [Theory]
    [InlineData("federated.round.duration", "s", false, "federated_round_duration_seconds")]
    [InlineData("federated.bytes", "By", true, "federated_bytes_total")]
    [InlineData("dotnet.gc.heap.total_allocated", "By", true, "dotnet_gc_heap_total_allocated_bytes_total")]
    [InlineData("federated.runs", "{run}", false, "federated_runs")]
    public void NameOf_InstrumentAndUnit_FollowsTheCompatibilityRules(string name, string unit, bool counter, string expected) =>
        Assert.Equal(expected, PrometheusText.NameOf(name, unit, counter));

    static async Task<string[]> ScrapeAsync(Action<Meter> measure)
    {
        using var meter = new Meter($"test-{Guid.NewGuid():N}");
        using var exporter = new PrometheusExporter();
        using var provider = Sdk.CreateMeterProviderBuilder().AddMeter(meter.Name).AddReader(new BaseExportingMetricReader(exporter)).Build();
        measure(meter);
        return (await exporter.ScrapeAsync(CancellationToken.None)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
