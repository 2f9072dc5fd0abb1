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
    readonly ChaosCase _case;
    readonly ServerUnderTest _server;
    readonly List<BenchProcess> _sites;

    public ChaosFederation(string folder, ChaosSettings settings, ChaosCase which)
    {
        (_folder, _settings, _case) = (folder, settings, which);
        _server = new ServerUnderTest(folder, threads: 1);
        Proxy = new FaultProxy(() => _server.Endpoints?.Grpc.Port, TimeProvider.System);
        var program = Path.Combine(AppContext.BaseDirectory, "federated");
        _sites = [.. Enumerable.Range(0, settings.Sites).Select(i => new BenchProcess($"site-{i}", program,
            ["bench", "site", "--id", $"site-{i}", "--server", $"{Proxy.Address}", "--state", Path.Combine(folder, $"state-{i}"), "--samples", $"{10 + 7 * i}"], folder))];
    }

    public FaultProxy Proxy { get; }

    public BenchProcess Coordinator => _server.Process;

    public IReadOnlyList<BenchProcess> Sites => _sites;

    public async Task StartAsync(AdapterBundle bundle, CancellationToken stop)
    {
        using var rest = await _server.StartAsync(stop);
        await ServerUnderTest.CreateAsync(rest, bundle, _case.Spec(Run, _settings), Path.Combine(_folder, "adapter"), stop);
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

    /// <summary>Compares what was told of accepted updates with the rounds that have them, and asynchronous rounds with their record.</summary>
    public async Task<ChaosVerdict> JudgeAsync(CancellationToken stop)
    {
        while (true)
        {
            if (await AskAsync(r => JudgeAsync(r, stop)) is { } verdict)
                return verdict;
            await Task.Delay(50, stop);
            Revive();
        }
    }

    async Task<ChaosVerdict> JudgeAsync(CoordinatorRest rest, CancellationToken stop)
    {
        var (rounds, version) = (await rest.RoundsAsync(Run, stop), await rest.VersionAsync(Run, "latest", stop));
        var told = (await JsonPages.AllAsync(rest, $"api/v1/events?run={Run}", stop)).Where(e => (string?)e!["kind"] == "update-accepted")
            .Select(e => ((string)e!["client"]!, (string)e["data"]!["digest"]!)).ToList();
        var counted = rounds.SelectMany(r => r.Participations).Where(p => p.IsAccepted).Select(p => (p.Client, p.Digest!)).ToList();
        var twice = told.Count - told.Distinct().Count() + counted.Count - counted.Distinct().Count();
        var lost = told.Except(counted).Count();
        if (!_case.IsAsynchronous)
            lost += _settings.Rounds - rounds.Count(r => r.Round > 0 && r.Participations.Length == _settings.Sites && r.Participations.All(p => p.IsAccepted));
        var differing = 0;
        foreach (var round in rounds.Where(r => _case.IsAsynchronous && r.AcceptedSetDigest is not null))
            differing += (await rest.ReplayAsync(Run, round.Round, null, stop)).Identical ? 0 : 1;
        return new ChaosVerdict($"{version.Version}:{version.Digest}", lost, twice, differing);
    }

    public static AdapterBundle Adapter(ChaosSettings settings) =>
        SyntheticAdapter.Create(new SyntheticSettings(Modules: 4, Width: settings.Width, Rank: 8), seed: 1);

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
