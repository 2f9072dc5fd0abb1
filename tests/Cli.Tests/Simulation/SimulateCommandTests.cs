using System.Text.Json;
using Cli.Tests.Aggregation;
using Federated.Cli.Commands;

namespace Cli.Tests.Simulation;

/// <summary>The command writes what it says it writes.</summary>
public sealed class SimulateCommandTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Simulate_WithEveryOption_WritesResultReportAndLog()
    {
        var file = _folder["calm.json"];
        await File.WriteAllTextAsync(file, Scripts.Calm(clients: 3, rounds: 2).ToJsonString());
        var (json, html, events) = (_folder["result.json"], _folder["report.html"], _folder["events.log"]);
        var said = new StringWriter();
        var command = SimulateCommand.Create().Parse([file, "--json", json, "--html", html, "--events", events]);

        Assert.Equal(0, await command.InvokeAsync(new() { Output = said, EnableDefaultExceptionHandler = false }));

        var expected = Scripts.Run(Scripts.Calm(clients: 3, rounds: 2));
        using var result = JsonDocument.Parse(await File.ReadAllTextAsync(json));
        Assert.Equal(expected.EventLogDigest, result.RootElement.GetProperty("eventLogDigest").GetString());
        Assert.Equal(expected.EventLog, await File.ReadAllTextAsync(events));
        Assert.Contains("<svg", await File.ReadAllTextAsync(html), StringComparison.Ordinal);
        Assert.Contains("Completed", said.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
