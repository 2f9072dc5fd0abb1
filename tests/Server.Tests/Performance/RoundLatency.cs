using System.Text.Json;
using Server.Tests.Kit;

namespace Server.Tests.Performance;

/// <summary>
/// Measured on demand, never asserted: `dotnet artifacts/bin/Server.Tests/release/Server.Tests.dll -explicit only -class '*RoundLatency'`.
/// </summary>
public sealed class RoundLatency(ITestOutputHelper output)
{
    const int Rounds = 200;

    [Theory(Explicit = true)]
    [InlineData(2, 1)]
    [InlineData(2, 8)]
    [InlineData(8, 1)]
    public async Task Rounds_InstantClients_MedianMilliseconds(int cohort, int scale)
    {
        using var data = new TemporaryFolder();
        using var server = await ServerProcess.StartAsync(data.Path, threads: 2);
        var adapter = new TestAdapter(modules: 6, width: 1024 * scale, rank: 8);
        await server.CreateAsync(adapter, adapter.Spec("latency", Rounds, cohort));
        var wires = Enumerable.Range(0, cohort).Select(_ => new GrpcWire(server.GrpcAddress)).ToList();
        await Task.WhenAll(wires.Select((wire, i) => new SyntheticClient($"c{i}", wire, adapter) { Instant = true }.RunAsync(CancellationToken.None)));

        var rounds = (await server.GetAsync("runs/latency/rounds")).EnumerateArray().Skip(Rounds / 4).ToList();
        var started = rounds.Select(r => Ms(r, "startedMs")).ToList();
        output.WriteLine(
            $"{cohort} clients x {adapter.Layout.TotalElements / 1e6:F2} M fp32: mean {(started[^1] - started[0]) / (double)(started.Count - 1):F2} ms per round; median " +
            $"collect {Median(rounds, "startedMs", "collectedMs")}, fold {Median(rounds, "collectedMs", "foldedMs")}, publish {Median(rounds, "foldedMs", "publishedMs")} ms");
        wires.ForEach(w => w.Dispose());
    }

    static long Ms(JsonElement round, string name) => round.GetProperty(name).GetInt64();

    static long Median(List<JsonElement> rounds, string from, string to) => rounds.Select(r => Ms(r, to) - Ms(r, from)).Order().ElementAt(rounds.Count / 2);
}
