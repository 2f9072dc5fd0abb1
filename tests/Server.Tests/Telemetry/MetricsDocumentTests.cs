using System.Diagnostics.Metrics;
using Federated.Server.Rounds;
using Federated.Server.Telemetry;
using Server.Tests.Faults;
using Server.Tests.Kit;

namespace Server.Tests.Telemetry;

public sealed class MetricsDocumentTests
{
    [Fact]
    public async Task Document_EveryInstrumentOfTheServer_IsThereAsItIs()
    {
        await using var server = new ServerKit();
        var published = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == RoundMetrics.MeterName)
                    published.Add(Row(instrument));
            },
        };
        using var metrics = new FederationMetrics(server.Runs, server.Clients);
        listener.Start();

        Assert.Equal(published.Distinct().Order(StringComparer.Ordinal), Documented().Order(StringComparer.Ordinal));
    }

    static string Row(Instrument instrument)
    {
        var type = instrument.GetType().Name.Split('`')[0] switch { "Counter" => "counter", "Histogram" => "histogram", "ObservableGauge" => "gauge", var other => other };
        var prometheus = PrometheusText.NameOf(instrument.Name, instrument.Unit ?? "", type == "counter");
        return $"| `{instrument.Name}` | `{prometheus}` | {type} | `{instrument.Unit}` | {instrument.Description} |";
    }

    static IEnumerable<string> Documented() => File.ReadAllLines(Repository.PathOf("docs/metrics.md"))
        .SkipWhile(l => l != "### Federated.Server").TakeWhile(l => l != "### Federated.Client").Where(l => l.StartsWith("| `", StringComparison.Ordinal));
}
