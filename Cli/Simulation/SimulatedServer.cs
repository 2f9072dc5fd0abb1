using Federated.Server.Aggregation;
using Federated.Server.Fleet;
using Federated.Server.Hosting;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage;
using Federated.Server.Transport.Seam;

namespace Federated.Cli.Simulation;

/// <summary>The coordinator, in this process: it can be ended at any instant and started again over what it had made durable.</summary>
sealed class SimulatedServer(ServerSettings settings, ulong seed, SimulatedClock clock, EventLog log)
{
    readonly FleetOptions _fleet = new() { HeartbeatSeconds = settings.HeartbeatSeconds };
    readonly WorkerOptions _worker = new(settings.Threads) { Scheduler = TaskScheduler.FromCurrentSynchronizationContext() };
    InProcessServer? _server;

    public MemoryStores Stores { get; } = new(seed);

    /// <summary>Null while the coordinator is down.</summary>
    public InProcessTransport? Transport => _server?.Transport;

    public RoundLoop? Find(string run) => _server?.Runs.Find(run);

    /// <summary>Called when the coordinator is gone; every connection breaks.</summary>
    public event Action? Crashed;

    public async Task StartAsync()
    {
        var server = new InProcessServer(Stores, clock, _fleet, _worker, log);
        await server.ResumeAsync(CancellationToken.None);
        _server = server;
        Beat(server);
    }

    public Task<RoundLoop> CreateAsync(RunSpec spec) => _server!.Runs.CreateAsync(spec, CancellationToken.None);

    public async Task CrashAsync()
    {
        if (_server is not { } server)
            return;
        _server = null;
        log.Write("coordinator", "Killed.");
        Crashed?.Invoke();
        await server.DisposeAsync();
    }

    public async ValueTask StopAsync()
    {
        if (_server is { } server)
            await server.DisposeAsync();
        _server = null;
    }

    void Beat(InProcessServer server) => clock.After(TimeSpan.FromSeconds(_fleet.HeartbeatSeconds) / 2, () =>
    {
        if (_server != server)
            return;
        server.Heartbeats.Check();
        Beat(server);
    });
}
