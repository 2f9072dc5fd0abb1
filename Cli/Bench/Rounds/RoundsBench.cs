using System.Text.Json;
using System.Text.Json.Nodes;
using Federated.Cli.Bench.Processes;
using Federated.Cli.Bench.Report;
using Federated.Cli.Rest;
using Federated.Cli.Terminal;

namespace Federated.Cli.Bench.Rounds;

/// <summary>Rounds without training, durable, every party a process of its own, beside what the same bytes cost raw.</summary>
sealed class RoundsBench(string folder, Action<string> say)
{
    const string Run = "rounds";
    static readonly TimeSpan SayEvery = TimeSpan.FromSeconds(10);

    public async Task<BenchEntry> MeasureAsync(RoundCase which, CancellationToken stop)
    {
        var own = Directory.CreateDirectory(Path.Combine(folder, which.Name)).FullName;
        say($"{which.Name}: floors of {which.Bytes} bytes, then {TotalRounds(which)} rounds");
        var floors = await Floors.MeasureAsync(which.Bytes, own, stop);
        using var server = new ServerUnderTest(own, Environment.ProcessorCount);
        using var rest = await server.StartAsync(stop);
        await ServerUnderTest.CreateAsync(rest, which.Bundle, Spec(which), Path.Combine(own, "adapter"), stop);
        var sites = Enumerable.Range(0, which.Clients).Select(i => Site(i, own, server.Endpoints!.Grpc)).ToList();
        var cpuBefore = server.Process.ProcessorTime;
        sites.ForEach(s => s.Start());
        await EndAsync(rest, which, sites, stop);
        var cpu = (server.Process.ProcessorTime - cpuBefore + sites.Aggregate(TimeSpan.Zero, (sum, s) => sum + s.ProcessorTime)).TotalSeconds;
        var seconds = await SecondsAsync(rest, which, stop);
        var gibibytes = 2.0 * which.Bytes * which.Clients * TotalRounds(which) / (1 << 30);
        var entry = new BenchEntry(which.Name, "s/round", seconds, BenchEntry.MedianOf(seconds) / floors.OfRound(which.Clients), new Dictionary<string, double>
        {
            ["floorOfRound"] = floors.OfRound(which.Clients),
            ["floorUp"] = floors.Up,
            ["floorDown"] = floors.Down,
            ["floorFlush"] = floors.Flush,
            ["floorHash"] = floors.Hash,
            ["bytesOfUpdate"] = which.Bytes,
            ["serverPeakMiB"] = server.Process.PeakMemory() / (double)(1 << 20),
            ["processorSecondsPerGiB"] = cpu / gibibytes,
        });
        say(string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{entry.Name}: median {entry.Median:F4} s/round, {entry.Ratio:F2} x the floors ({floors.OfRound(which.Clients):F4} s), server {entry.Details["serverPeakMiB"]:F0} MiB, {entry.Details["processorSecondsPerGiB"]:F1} CPU s/GiB"));
        sites.ForEach(s => s.Dispose());
        server.Process.Kill();
        Directory.Delete(own, recursive: true);
        return entry;
    }

    /// <exception cref="CommandException">F563: a site ended, without which there is no further round.</exception>
    async Task EndAsync(CoordinatorRest rest, RoundCase which, IReadOnlyList<BenchProcess> sites, CancellationToken stop)
    {
        var said = TimeProvider.System.GetTimestamp();
        while (await rest.RunAsync(Run, stop) is { Ended: false } run)
        {
            if (TimeProvider.System.GetElapsedTime(said) > SayEvery)
            {
                say($"{which.Name}: round {run.Round} of {TotalRounds(which)}");
                said = TimeProvider.System.GetTimestamp();
            }
            if (sites.FirstOrDefault(s => s.Id is null) is { } ended)
                throw new CommandException("F563", $"{ended.Name} ended: {ended.LastLines()}", ExitCode.Failed);
            await Task.Delay(200, stop);
        }
    }

    static BenchProcess Site(int number, string folder, Uri server) => new($"site-{number}", Path.Combine(AppContext.BaseDirectory, "federated"),
        ["bench", "site", "--id", $"site-{number}", "--server", $"{server}", "--state", Path.Combine(folder, $"state-{number}")], folder);

    static int TotalRounds(RoundCase which) => which.WarmUp + which.Rounds;

    static JsonObject Spec(RoundCase which) => new()
    {
        ["name"] = Run,
        ["strategy"] = "fedit",
        ["rounds"] = TotalRounds(which),
        ["cohort"] = new JsonObject { ["size"] = which.Clients, ["quorum"] = which.Clients, ["minimum"] = which.Clients, ["deadlineSeconds"] = 0 },
        ["train"] = new JsonObject { ["steps"] = 1, ["learningRate"] = 0.01 },
    };

    /// <summary>From one round's begin to the next one's.</summary>
    static async Task<double[]> SecondsAsync(CoordinatorRest rest, RoundCase which, CancellationToken stop)
    {
        using var http = new HttpClient { BaseAddress = rest.Server };
        using var json = JsonDocument.Parse(await http.GetStringAsync($"api/v1/runs/{Run}/rounds?after={which.WarmUp}", stop));
        var started = json.RootElement.EnumerateArray().Select(r => r.GetProperty("startedMs").GetInt64()).Order().ToList();
        return [.. started.Zip(started.Skip(1), (a, b) => (b - a) / 1000.0)];
    }
}
