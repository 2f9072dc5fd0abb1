using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Server.Tests.Kit;

namespace Server.Tests.Telemetry;

/// <summary>What Prometheus's own tools say about a live page.</summary>
public sealed class ScrapeTests : IDisposable
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    readonly TemporaryFolder _data = new();

    [Fact]
    public async Task Metrics_OfAServerThatWorked_PassPromtoolAndAreScrapedByPrometheus()
    {
        using var server = await ServerProcess.StartAsync(_data.Path);
        using var wire = new GrpcWire(server.GrpcAddress);
        var adapter = new TestAdapter();
        await server.CreateAsync(adapter, adapter.Spec("measured", rounds: 2, cohort: 1));
        await new SyntheticClient("site-a", wire, adapter).RunAsync(CancellationToken.None).DefaultTimeout();

        var page = await server.Http.GetStringAsync("metrics");

        Assert.Contains(page.Split('\n'), l => l.StartsWith("federated_rounds_total{", StringComparison.Ordinal) && l.Contains("run=\"measured\"", StringComparison.Ordinal)
            && l.Contains("outcome=\"published\"", StringComparison.Ordinal) && l.EndsWith(" 2", StringComparison.Ordinal));
        Assert.Contains("federated_round_duration_seconds_count{run=\"measured\"} 2\n", page);
        Assert.Contains("federated_runs{phase=\"completed\"} 1\n", page);
        var (code, complaints) = await PromtoolAsync(page);
        Assert.True(code == 0, complaints);
        await ScrapedAsync(server.Http.BaseAddress!);
    }

    static async Task<(int Code, string Complaints)> PromtoolAsync(string page)
    {
        var start = new ProcessStartInfo("promtool", ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
        using var promtool = Process.Start(start)!;
        var complaints = promtool.StandardError.ReadToEndAsync();
        await promtool.StandardInput.WriteAsync(page);
        promtool.StandardInput.Close();
        await promtool.WaitForExitAsync().WaitAsync(Limit);
        return (promtool.ExitCode, await complaints);
    }

    async Task ScrapedAsync(Uri server)
    {
        var configuration = Path.Combine(_data.Path, "prometheus.yml");
        await File.WriteAllTextAsync(configuration,
            $"global:\n  scrape_interval: 100ms\n  scrape_timeout: 100ms\nscrape_configs:\n  - job_name: federated\n    scrape_interval: 1s\n    scrape_timeout: 1s\n    static_configs:\n      - targets: ['{server.Authority}']\n");
        var port = FreePort();
        var start = new ProcessStartInfo("prometheus",
        [
            $"--config.file={configuration}", $"--storage.tsdb.path={Path.Combine(_data.Path, "prometheus")}", $"--web.listen-address=127.0.0.1:{port}", "--log.level=error",
        ]) { RedirectStandardError = true, RedirectStandardOutput = true };
        using var prometheus = Process.Start(start)!;
        _ = prometheus.StandardError.ReadToEndAsync();
        _ = prometheus.StandardOutput.ReadToEndAsync();
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            Assert.Equal("2", await AskAsync(http, "federated_rounds_total{outcome=\"published\",run=\"measured\"}"));
        }
        finally
        {
            prometheus.Kill();
            await prometheus.WaitForExitAsync().WaitAsync(Limit);
        }
    }

    static async Task<string> AskAsync(HttpClient http, string query)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            try
            {
                var answer = await http.GetFromJsonAsync<JsonElement>($"/api/v1/query?query={Uri.EscapeDataString(query)}", limit.Token);
                if (answer.GetProperty("data").GetProperty("result") is var found && found.GetArrayLength() > 0)
                    return found[0].GetProperty("value")[1].GetString()!;
            }
            catch (HttpRequestException)
            {
                // It is starting.
            }
            await Task.Delay(TimeSpan.FromMilliseconds(100), limit.Token);
        }
    }

    static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose() => _data.Dispose();
}
