using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Federated.Server.Telemetry;

/// <summary>Collects when a scrape asks, and at no other time.</summary>
[ExportModes(ExportModes.Pull)]
sealed class PrometheusExporter : BaseExporter<Metric>, IPullMetricExporter
{
    readonly SemaphoreSlim _scraping = new(1, 1);
    PrometheusText _text = new();

    public Func<int, bool>? Collect { get; set; }

    public override ExportResult Export(in Batch<Metric> batch)
    {
        var text = new PrometheusText();
        foreach (var metric in batch)
            text.Add(metric);
        _text = text;
        return ExportResult.Success;
    }

    /// <summary>A page of all metrics as they are now; scrapes that come together wait for each other.</summary>
    public async Task<string> ScrapeAsync(CancellationToken stopping)
    {
        await _scraping.WaitAsync(stopping);
        try
        {
            Collect?.Invoke(Timeout.Infinite);
            return _text.ToString();
        }
        finally
        {
            _scraping.Release();
        }
    }

    protected override void Dispose(bool disposing)
    {
        _scraping.Dispose();
        base.Dispose(disposing);
    }
}
