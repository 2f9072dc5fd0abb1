using Federated.Cli.Terminal;

namespace Federated.Cli.Bench.Chaos;

/// <summary>
/// Kills the coordinator and its sites at random instants and resets connections in the middle of a tensor, run after run, until there
/// were enough kills; each run must end and publish what an undisturbed one publishes, or what its own record says.
/// </summary>
sealed class ChaosBench(ChaosSettings settings, string folder, Action<string> say)
{
    readonly Random _random = new(settings.Seed);

    public async Task<IReadOnlyList<ChaosResult>> RunAsync(CancellationToken stop)
    {
        var results = new List<ChaosResult>();
        foreach (var which in settings.Cases)
        {
            say($"{which.Name}: {(which.IsAsynchronous ? "judged by its record" : "an undisturbed run first")}");
            results.Add(await RunAsync(which, stop));
            say($"{results[^1]}");
        }
        return results;
    }

    async Task<ChaosResult> RunAsync(ChaosCase which, CancellationToken stop)
    {
        var expected = which.IsAsynchronous ? null : await CalmAsync(which, stop);
        var result = new ChaosResult(which.Name, 0, 0, 0, 0, 0, 0);
        while (result.Kills < settings.Kills)
        {
            var began = TimeProvider.System.GetTimestamp();
            result = await StormAsync(which, result, expected, stop);
            result = result with { Episodes = result.Episodes + 1, Seconds = result.Seconds + TimeProvider.System.GetElapsedTime(began).TotalSeconds };
            say(FormattableString.Invariant($"{which.Name}: {result.Kills} of {settings.Kills} kills, {result.Same} of {result.Episodes} runs right, {result.Seconds:F0} s"));
        }
        return result;
    }

    async Task<string> CalmAsync(ChaosCase which, CancellationToken stop)
    {
        using var limit = Limit(stop);
        await using var federation = new ChaosFederation(NewFolder(), settings, which);
        await federation.StartAsync(ChaosFederation.Adapter(settings), limit.Token);
        while (!await federation.IsOverAsync(limit.Token))
            await Task.Delay(20, limit.Token);
        var verdict = await federation.JudgeAsync(limit.Token);
        return verdict.IsWhole ? verdict.Published : throw new CommandException("F584", $"The undisturbed run of '{which.Name}': {verdict}.", ExitCode.Failed);
    }

    async Task<ChaosResult> StormAsync(ChaosCase which, ChaosResult result, string? expected, CancellationToken stop)
    {
        using var limit = Limit(stop);
        var folder = NewFolder();
        await using var federation = new ChaosFederation(folder, settings, which);
        try
        {
            await federation.StartAsync(ChaosFederation.Adapter(settings), limit.Token);
            while (!await federation.IsOverAsync(limit.Token))
            {
                federation.Revive();
                if (result.Kills < settings.Kills)
                    result = Strike(federation, result);
                await Task.Delay(_random.Next(settings.Pause.Least, settings.Pause.Most), limit.Token);
            }
            var verdict = await federation.JudgeAsync(limit.Token);
            var isSame = verdict.IsWhole && (expected ?? verdict.Published) == verdict.Published;
            if (!isSame)
                say($"{which.Name}: {verdict}; expected {expected ?? "what the record says"}; kept: {folder}");
            return result with { Cuts = result.Cuts + federation.Proxy.CutsMade, Same = result.Same + (isSame ? 1 : 0) };
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            say($"{which.Name}: a run did not end within {settings.EpisodeLimit.TotalMinutes:F0} minutes; kept: {folder}");
            return result;
        }
    }

    CancellationTokenSource Limit(CancellationToken stop)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(settings.EpisodeLimit);
        return limit;
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
