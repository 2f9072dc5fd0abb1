using Federated.Cli.Bench.Load;
using Federated.Cli.Bench.Processes;
using Federated.Cli.Rest;
using Federated.Client.Configuration;
using Federated.Client.Rounds;
using Federated.Client.Storage;
using Federated.Client.Transport.Grpc;

namespace Federated.Bench.Page;

/// <summary>Real daemons in this process: many that only stay connected, a few that train.</summary>
sealed class Crowd(PageSettings settings, string run, string folder, Uri server) : IAsyncDisposable
{
    readonly CancellationTokenSource _over = new();
    readonly FailureLog _log = new();
    readonly List<Task> _running = [];

    public int Failures => _log.Failures;

    /// <summary>Returns when all of them are known to the coordinator.</summary>
    public async Task StartAsync(CoordinatorRest rest, CancellationToken stop)
    {
        _running.AddRange(Enumerable.Range(0, settings.Clients).Select(i => RunAsync($"idle-{i:D4}", "none", 0)));
        _running.AddRange(Enumerable.Range(0, settings.Sites).Select(i => RunAsync($"site-{i}", run, settings.TrainMilliseconds)));
        while ((await JsonPages.AllAsync(rest, "api/v1/fleet", stop)).Count(c => c!["state"]!.GetValue<string>() == "Connected") < settings.Clients + settings.Sites)
            await Task.Delay(200, stop);
    }

    async Task RunAsync(string id, string joins, int milliseconds)
    {
        var configuration = new ClientConfiguration
        {
            Id = id, Server = server, State = Path.Combine(folder, id), Model = "none", Runs = [joins], Data = new DataConfiguration { Images = "none", Labels = "none" },
        };
        using var state = ClientState.Open(configuration.State);
        await using var transport = new GrpcTransport(server, state.Token);
        using var daemon = new ClientDaemon(configuration, new PacedSite(new InstantSite(100), milliseconds), state, transport,
            new ClientRuntime(TimeProvider.System, new Random(), new ClientLog(_log, TimeProvider.System), new PoolDevice()));
        await daemon.RunAsync(_over.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await Task.WhenAll(_running);
        await _log.DisposeAsync();
        _over.Dispose();
    }
}
