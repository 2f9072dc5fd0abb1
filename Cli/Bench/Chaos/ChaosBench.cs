using Federated.Cli.Terminal;

namespace Federated.Cli.Bench.Chaos;

/// <summary>
/// Kills the coordinator and its sites at random instants and resets connections in the middle of a tensor, run after run, until there
/// were enough kills; each run must end and publish what an undisturbed one publishes.
/// </summary>
sealed class ChaosBench(ChaosSettings settings, string folder, Action<string> say)
{
    static readonly TimeSpan CalmLimit = TimeSpan.FromMinutes(5);

    readonly Random _random = new(settings.Seed);

    public async Task<IReadOnlyList<ChaosResult>> RunAsync(CancellationToken stop)
    {
        var results = new List<ChaosResult>();
        foreach (var strategy in settings.Strategies)
        {
            results.Add(await RunAsync(strategy, stop));
            say($"{results[^1]}");
        }
        return results;
    }

    async Task<ChaosResult> RunAsync(string strategy, CancellationToken stop)
    {
        var expected = await CalmAsync(strategy, stop);
        var result = new ChaosResult(strategy, 0, 0, 0, 0, 0, 0, 0);
        while (result.ServerKills + result.ClientKills < settings.Kills)
        {
            var began = TimeProvider.System.GetTimestamp();
            result = await StormAsync(strategy, result, expected, stop);
            result = result with { Episodes = result.Episodes + 1, Seconds = result.Seconds + TimeProvider.System.GetElapsedTime(began).TotalSeconds };
        }
        return result;
    }

    async Task<string> CalmAsync(string strategy, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(CalmLimit);
        await using var federation = new ChaosFederation(NewFolder(), settings);
        await federation.StartAsync(strategy, ChaosFederation.Adapter(settings), limit.Token);
        while (!await federation.IsOverAsync(limit.Token))
            await Task.Delay(20, limit.Token);
        var (published, lost) = await federation.JudgeAsync(limit.Token);
        return lost == 0 ? published : throw new CommandException("F584", $"The undisturbed run of '{strategy}' lacks updates in {lost} of {settings.Rounds} rounds.", ExitCode.Failed);
    }

    async Task<ChaosResult> StormAsync(string strategy, ChaosResult result, string expected, CancellationToken stop)
    {
        var folder = NewFolder();
        await using var federation = new ChaosFederation(folder, settings);
        await federation.StartAsync(strategy, ChaosFederation.Adapter(settings), stop);
        while (!await federation.IsOverAsync(stop))
        {
            federation.Revive();
            if (result.ServerKills + result.ClientKills < settings.Kills)
                result = Strike(federation, result);
            await Task.Delay(_random.Next(settings.Pause.Least, settings.Pause.Most), stop);
        }
        var (published, lost) = await federation.JudgeAsync(stop);
        result = result with { Cuts = result.Cuts + federation.Proxy.CutsMade, Lost = result.Lost + lost, Same = result.Same + (published == expected ? 1 : 0) };
        if (published != expected || lost > 0)
            say($"{strategy}: {published} instead of {expected}, {lost} rounds lack updates; kept: {folder}");
        return result;
    }

    ChaosResult Strike(ChaosFederation federation, ChaosResult result)
    {
        federation.Proxy.CutAfter(_random.NextInt64(2 << 20));
        var victim = _random.Next(2 * federation.Sites.Count);
        if (victim >= federation.Sites.Count)
            return federation.Coordinator.Kill() ? result with { ServerKills = result.ServerKills + 1 } : result;
        return federation.Sites[victim].Kill() ? result with { ClientKills = result.ClientKills + 1 } : result;
    }

    string NewFolder() => Directory.CreateDirectory(Path.Combine(folder, $"{Guid.NewGuid():N}")).FullName;
}
