using System.Text.Json;
using System.Text.Json.Nodes;
using Federated.Cli.Commands;
using Federated.Cli.Rest;
using Federated.Cli.Supervision;
using Federated.Cli.Terminal;

namespace Federated.Cli.Demo;

/// <summary>A coordinator and its sites as separate supervised processes on loopback.</summary>
sealed class Federation(Workspace workspace, TimeProvider clock) : IAsyncDisposable
{
    const int MaxRestarts = 3;
    static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);
    static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(100);

    readonly Supervisor _supervisor = new(MaxRestarts, clock);
    CoordinatorRest? _rest;

    public CoordinatorRest Rest => _rest ?? throw new InvalidOperationException("The coordinator was not started.");

    public IReadOnlyList<Child> Processes => _supervisor.Children;

    public async Task StartServerAsync(int threads, CancellationToken stop)
    {
        var server = _supervisor.Start(new("coordinator", ServerCommand.Executable, start => ServerArguments(start, threads), workspace.Log("coordinator")));
        var endpoints = await _supervisor.WhileAliveAsync(AnnouncedAsync(server, stop));
        _rest = new CoordinatorRest(endpoints.Http);
    }

    /// <summary>A restarted coordinator keeps the ports that its sites know.</summary>
    List<string> ServerArguments(int start, int threads)
    {
        var known = start == 0 ? null : Endpoints.Read(workspace.Coordinator);
        return
        [
            "--data", workspace.Coordinator, "--threads", $"{threads}",
            "--http-port", $"{known?.Http.Port ?? 0}", "--grpc-port", $"{known?.Grpc.Port ?? 0}",
        ];
    }

    async Task<Endpoints> AnnouncedAsync(Child server, CancellationToken stop)
    {
        var start = clock.GetTimestamp();
        while (clock.GetElapsedTime(start) < StartLimit)
        {
            if (Endpoints.Read(workspace.Coordinator) is { } endpoints && endpoints.Pid == server.ProcessId) return endpoints;
            await Task.Delay(PollEvery, clock, stop);
        }
        throw new CommandException("F563", $"The coordinator did not announce itself within {StartLimit.TotalSeconds:0} s; its log is '{server.LogFile}'.", ExitCode.Failed);
    }

    public void StartSite(string name, JsonObject configuration)
    {
        var folder = workspace.Site(name);
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "client.json");
        File.WriteAllText(file, configuration.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        _supervisor.Start(new(name, Path.Combine(AppContext.BaseDirectory, "federated"), _ => ["client", "run", "--config", file], workspace.Log(name)));
    }

    public Uri HttpAddress => Endpoints.Read(workspace.Coordinator)!.Http;

    public string GrpcAddress => Endpoints.Read(workspace.Coordinator)!.Grpc.ToString();

    /// <summary>Follows a run to its end, calling <paramref name="seen"/> with every new state.</summary>
    public async Task<RunSnapshot> FollowAsync(string run, Action<RunSnapshot> seen, CancellationToken stop)
    {
        while (true)
        {
            var snapshot = await AskAsync(rest => rest.RunAsync(run, stop), stop);
            seen(snapshot);
            if (snapshot.Phase == "Completed") return snapshot;
            if (snapshot.Ended) throw new CommandException("F568", $"Run '{run}' stopped: {snapshot.LastError ?? "no reason given"}.", ExitCode.Failed);
            await Task.Delay(PollEvery, clock, stop);
        }
    }

    /// <summary>A finished run's rounds, once the last one's diagnostics are there.</summary>
    public async Task<RoundRecord[]> DiagnosedAsync(string run, CancellationToken stop)
    {
        while (true)
        {
            var rounds = await AskAsync(rest => rest.RoundsAsync(run, stop), stop);
            if (rounds[^1].Diagnostics.Length > 0) return rounds;
            await Task.Delay(PollEvery, clock, stop);
        }
    }

    /// <summary>Uploads a run's blobs and creates it, once, however often the coordinator is restarted meanwhile.</summary>
    public Task<RunSnapshot> CreateAsync(string file, string run, CancellationToken stop)
    {
        var asked = false;
        return AskAsync(async rest =>
        {
            // An earlier attempt may have created the run before its answer was lost.
            if (asked && (await rest.RunsAsync(stop)).FirstOrDefault(known => known.Id == run) is { } created) return created;
            asked = true;
            return await rest.CreateAsync(await RunFile.UploadAsync(file, rest, stop), stop);
        }, stop);
    }

    /// <summary>Asks the coordinator; one that is being restarted is asked again, until the supervisor gives it up.</summary>
    public Task<T> AskAsync<T>(Func<CoordinatorRest, Task<T>> ask, CancellationToken stop) => _supervisor.WhileAliveAsync(AnsweredAsync(ask, stop));

    async Task<T> AnsweredAsync<T>(Func<CoordinatorRest, Task<T>> ask, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                return await ask(Rest);
            }
            catch (HttpRequestException)
            {
                await Task.Delay(PollEvery, clock, stop);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _supervisor.DisposeAsync();
        _rest?.Dispose();
    }
}
