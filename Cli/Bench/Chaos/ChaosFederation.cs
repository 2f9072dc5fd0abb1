using System.Text.Json.Nodes;
using Federated.Cli.Bench.Processes;
using Federated.Cli.Rest;
using Federated.Cli.Simulation.Training;
using Federated.Client.Adapters;

namespace Federated.Cli.Bench.Chaos;

/// <summary>A coordinator and sites as processes, behind a proxy that keeps the address while they come and go.</summary>
sealed class ChaosFederation : IAsyncDisposable
{
    const string Run = "chaos";

    readonly string _folder;
    readonly ChaosSettings _settings;
    readonly ServerUnderTest _server;
    readonly List<BenchProcess> _sites;

    public ChaosFederation(string folder, ChaosSettings settings)
    {
        (_folder, _settings) = (folder, settings);
        _server = new ServerUnderTest(folder, threads: 1);
        Proxy = new FaultProxy(() => _server.Endpoints?.Grpc.Port, TimeProvider.System);
        var program = Path.Combine(AppContext.BaseDirectory, "federated");
        _sites = [.. Enumerable.Range(0, settings.Sites).Select(i => new BenchProcess($"site-{i}", program,
            ["bench", "site", "--id", $"site-{i}", "--server", $"{Proxy.Address}", "--state", Path.Combine(folder, $"state-{i}"), "--samples", $"{10 + 7 * i}"], folder))];
    }

    public FaultProxy Proxy { get; }

    public BenchProcess Coordinator => _server.Process;

    public IReadOnlyList<BenchProcess> Sites => _sites;

    public async Task StartAsync(string strategy, AdapterBundle bundle, CancellationToken stop)
    {
        using var rest = await _server.StartAsync(stop);
        await ServerUnderTest.CreateAsync(rest, bundle, Spec(strategy), Path.Combine(_folder, "adapter"), stop);
        _sites.ForEach(s => s.Start());
    }

    /// <summary>Restarts whatever has ended, by a kill or by itself.</summary>
    public void Revive()
    {
        foreach (var process in _sites.Append(Coordinator).Where(p => p.Id is null))
            process.Start();
    }

    /// <summary>Whether the run is over; false while nobody can say.</summary>
    public async Task<bool> IsOverAsync(CancellationToken stop) => await AskAsync(r => r.RunAsync(Run, stop)) is { Ended: true };

    /// <summary>Digest of the last version, and how many rounds lack an accepted update of a site or have another number of them.</summary>
    public async Task<(string Published, int Lost)> JudgeAsync(CancellationToken stop)
    {
        while (true)
        {
            if (await AskAsync(r => r.RoundsAsync(Run, stop)) is { } rounds && await AskAsync(r => r.VersionAsync(Run, "latest", stop)) is { } version)
            {
                var whole = rounds.Count(r => r.Round > 0 && r.Participations.Length == _settings.Sites && r.Participations.All(p => p.IsAccepted));
                return ($"{version.Version}:{version.Digest}", _settings.Rounds - whole);
            }
            await Task.Delay(50, stop);
            Revive();
        }
    }

    public static AdapterBundle Adapter(ChaosSettings settings) =>
        SyntheticAdapter.Create(new SyntheticSettings(Modules: 4, Width: settings.Width, Rank: 8), seed: 1);

    JsonObject Spec(string strategy) => new()
    {
        ["name"] = Run,
        ["strategy"] = strategy,
        ["rounds"] = _settings.Rounds,
        ["cohort"] = new JsonObject { ["size"] = _settings.Sites, ["quorum"] = _settings.Sites, ["minimum"] = _settings.Sites, ["deadlineSeconds"] = 0 },
        ["train"] = new JsonObject { ["steps"] = 1, ["learningRate"] = 0.01 },
    };

    async Task<T?> AskAsync<T>(Func<CoordinatorRest, Task<T>> ask) where T : class
    {
        if (_server.Endpoints is not { } endpoints)
            return null;
        try
        {
            using var rest = new CoordinatorRest(endpoints.Http);
            return await ask(rest);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _sites.ForEach(s => s.Dispose());
        _server.Dispose();
        await Proxy.DisposeAsync();
    }
}
