using System.Diagnostics.Metrics;
using Federated.Client.Tests.Support;
using Federated.Client.Telemetry;

namespace Federated.Client.Tests.Telemetry;

public sealed class ClientMetricsDocumentTests
{
    [Fact]
    public void Document_EveryInstrumentOfTheClient_IsThereAsItIs()
    {
        var published = new HashSet<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == ClientTelemetry.Name)
                    published.Add($"| `{instrument.Name}` | {instrument.GetType().Name.Split('`')[0].ToLowerInvariant()} | `{instrument.Unit}` | {instrument.Description} |");
            },
        };
        ClientTelemetry.Ended("test", "done");
        listener.Start();

        Assert.Equal(published.Order(StringComparer.Ordinal), Documented().Order(StringComparer.Ordinal));
    }

    static IEnumerable<string> Documented() => File.ReadAllLines(Path.Combine(Repository.Root, "docs", "metrics.md"))
        .SkipWhile(l => l != "### Federated.Client").TakeWhile(l => l != "## Traces").Where(l => l.StartsWith("| `", StringComparison.Ordinal));
}
