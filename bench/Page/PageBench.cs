using System.Text.Json.Nodes;
using Federated.Cli.Bench.Processes;
using Federated.Cli.Bench.Report;
using Federated.Cli.Rest;
using Federated.Cli.Simulation.Training;

namespace Federated.Bench.Page;

/// <summary>
/// A run goes on among many connected clients while a viewer comes and goes: how soon a page can be used, how soon it shows what happened,
/// and what it costs the rounds. Windows with and without the viewer alternate, so that whatever else drifts falls on both.
/// </summary>
sealed class PageBench(PageSettings settings, string folder, Action<string> say)
{
    const string Run = "watched";

    static readonly (string Name, string Path, string Content)[] Pages =
    [
        ("overview", "/", ".squares i"),
        ("run", $"/runs/{Run}", ".stages .now"),
        ("rounds", $"/runs/{Run}/rounds", ".lanes li:nth-child(2)"),
        ("fleet", "/fleet", ".table tbody tr"),
    ];

    public async Task<IReadOnlyList<BenchEntry>> MeasureAsync(CancellationToken stop)
    {
        // Every site in training holds a thread of the pool.
        ThreadPool.SetMinThreads(settings.Sites + 16, 16);
        using var server = new ServerUnderTest(folder, Environment.ProcessorCount);
        using var rest = await server.StartAsync(stop);
        await ServerUnderTest.CreateAsync(rest, SyntheticAdapter.Create(new SyntheticSettings(16, 1_024, 2), 1), Spec(), Path.Combine(folder, "adapter"), stop);
        await using var crowd = new Crowd(settings, Run, folder, server.Endpoints!.Grpc);
        await crowd.StartAsync(rest, stop);
        say($"{settings.Clients} clients are connected, {settings.Sites} train for {settings.TrainMilliseconds} ms a round.");
        await using var viewer = await Viewer.StartAsync();
        var usable = new List<BenchEntry>();
        foreach (var (name, path, content) in Pages)
        {
            var samples = new List<double>();
            for (var i = 0; i < settings.Windows + 2; i++)
                samples.Add(await viewer.OpenAsync(server.Endpoints!.Http, path, content) / 1000);
            // The first visit also starts the browser's own processes.
            usable.Add(Tell(new BenchEntry($"page usable: {name}", "s", samples[1..], null, new Dictionary<string, double> { ["first"] = samples[0], ["clients"] = settings.Clients })));
        }
        await viewer.LeaveAsync();
        var (alone, watched, delays) = await WindowsAsync(viewer, rest, server, stop);
        var ratio = BenchEntry.MedianOf(watched) / BenchEntry.MedianOf(alone);
        var details = new Dictionary<string, double>
        {
            ["roundAlone"] = BenchEntry.MedianOf(alone), ["clients"] = settings.Clients, ["failedCalls"] = crowd.Failures, ["serverPeakMiB"] = server.Process.PeakMemory() / (double)(1 << 20),
        };
        return
        [
            .. usable,
            Tell(new BenchEntry("update on the page after it was published", "s", delays, null, new Dictionary<string, double> { ["largest"] = delays.Max(), ["clients"] = settings.Clients })),
            Tell(new BenchEntry("round while a page watches", "s/round", watched, ratio, details)),
        ];
    }

    async Task<(List<double> Alone, List<double> Watched, List<double> Delays)> WindowsAsync(Viewer viewer, CoordinatorRest rest, ServerUnderTest server, CancellationToken stop)
    {
        var (alone, watched, delays) = (new List<double>(), new List<double>(), new List<double>());
        for (var window = 0; window < settings.Windows; window++)
        {
            alone.AddRange((await RoundsAsync(rest, stop)).Select(r => r.Seconds));
            await viewer.OpenAsync(server.Endpoints!.Http, Pages[1].Path, Pages[1].Content);
            await viewer.WatchAsync();
            var rounds = await RoundsAsync(rest, stop);
            var seen = await viewer.SeenAsync();
            await viewer.LeaveAsync();
            watched.AddRange(rounds.Select(r => r.Seconds));
            delays.AddRange(rounds.Where(r => seen.ContainsKey(r.Round)).Select(r => (seen[r.Round] - r.PublishedMs) / 1000));
        }
        return (alone, watched, delays.Count > 0 ? delays : throw new InvalidOperationException("The page showed none of the rounds that were published."));
    }

    /// <summary>The rounds that begin from now on, as many as a window has.</summary>
    async Task<IReadOnlyList<RoundTime>> RoundsAsync(CoordinatorRest rest, CancellationToken stop)
    {
        var first = (await rest.RunAsync(Run, stop)).Round + 1;
        while ((await rest.RunAsync(Run, stop)).Round <= first + settings.Rounds)
            await Task.Delay(200, stop);
        var rounds = (await rest.JsonAsync($"api/v1/runs/{Run}/rounds?after={first - 1}&limit={settings.Rounds}", stop)).AsArray();
        return [.. rounds.Select(r => new RoundTime(r!["round"]!.GetValue<int>(), r["seconds"]!.GetValue<double>(), r["publishedMs"]!.GetValue<long>()))];
    }

    BenchEntry Tell(BenchEntry entry)
    {
        say(FormattableString.Invariant($"{entry.Name}: median {entry.Median:F3} {entry.Unit}, largest {entry.Samples.Max():F3}{(entry.Ratio is { } r ? $", {r:F3} x without a viewer" : "")}"));
        return entry;
    }

    JsonObject Spec() => new()
    {
        ["name"] = Run,
        ["strategy"] = "fedit",
        ["rounds"] = 100_000,
        ["clients"] = new JsonArray([.. Enumerable.Range(0, settings.Sites).Select(i => (JsonNode)$"site-{i}")]),
        ["train"] = new JsonObject { ["steps"] = 1, ["learningRate"] = 0.01 },
    };

    sealed record RoundTime(int Round, double Seconds, long PublishedMs);
}
