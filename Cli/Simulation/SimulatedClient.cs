using Federated.Cli.Simulation.Network;
using Federated.Cli.Simulation.Training;
using Federated.Client.Configuration;
using Federated.Client.Faults;
using Federated.Client.Rounds;
using Federated.Client.Storage;

namespace Federated.Cli.Simulation;

/// <summary>One client: the real daemon over a simulated line, device and state; it crashes and comes back as its settings say.</summary>
sealed class SimulatedClient
{
    readonly ClientSettings _settings;
    readonly SimulatedClock _clock;
    readonly EventLog _log;
    readonly Random _random;
    readonly Line _line;
    readonly SimulatedSite _site;
    readonly MemoryClientState _state;
    CancellationTokenSource? _process;
    Task _running = Task.CompletedTask;

    /// <param name="id">The client's.</param>
    /// <param name="settings">Its group's.</param>
    /// <param name="worksite">What trains.</param>
    /// <param name="server">The coordinator.</param>
    /// <param name="world">Clock and log.</param>
    /// <param name="seed">Of everything random about this client.</param>
    public SimulatedClient(string id, ClientSettings settings, IWorksite worksite, SimulatedServer server, (SimulatedClock Clock, EventLog Log) world, int seed)
    {
        (Id, _settings, _clock, _log) = (id, settings, world.Clock, world.Log);
        _random = new Random(seed);
        var speed = settings.StepsPerSecond * Math.Pow(1 + settings.SpeedSpread, 2 * _random.NextDouble() - 1);
        _site = new SimulatedSite(worksite, settings, speed, new Random(seed ^ 0x5157E));
        _state = new MemoryClientState($"token-of-{id}");
        _line = new Line(server, _state.Token, settings.Line, _clock, new Random(seed ^ 0x11E));
        server.Crashed += () => _line.Break("The coordinator is gone.", silent: false);
    }

    public string Id { get; }

    public int Crashes { get; private set; }

    public long BytesUp => _line.Up.Bytes;

    public long BytesDown => _line.Down.Bytes;

    /// <summary>Starts the client within its group's time, and with it everything that befalls it.</summary>
    public void Enter()
    {
        _clock.After(TimeSpan.FromSeconds(_settings.StartWithinSeconds * _random.NextDouble()), Start);
        Repeat(_settings.CrashEverySeconds, Crash);
        Repeat(_settings.Line.CutEverySeconds, () => _line.Break("The connection was reset.", silent: false));
    }

    /// <summary>Ends the client for good.</summary>
    public Task StopAsync()
    {
        _line.Break("The simulation is over.", silent: true);
        _process?.Cancel();
        return _running;
    }

    void Start()
    {
        _process = new CancellationTokenSource();
        _running = RunAsync(_process.Token);
    }

    async Task RunAsync(CancellationToken killed)
    {
        var log = new ClientLog(_log.For(Id), _clock);
        var configuration = new ClientConfiguration
        {
            Id = Id, Server = new Uri("http://127.0.0.1:1"), State = "", Model = "", Data = new DataConfiguration { Images = "", Labels = "" },
        };
        using var daemon = new ClientDaemon(configuration, _site, _state, _line,
            new ClientRuntime(_clock, _random, log, new SimulatedDevice(_site, _clock)));
        try
        {
            await daemon.RunAsync(killed);
        }
        catch (ClientFault fault)
        {
            _log.Write(Id, fault.Line);
        }
    }

    void Crash()
    {
        if (_process is null)
            return;
        Crashes++;
        _log.Write(Id, "Killed.");
        _line.Break("The client was killed.", _settings.Silent);
        _process.Cancel();
        _process = null;
        _clock.After(Exponential(_settings.DownSeconds), Start);
    }

    void Repeat(double meanSeconds, Action action)
    {
        if (meanSeconds <= 0)
            return;
        _clock.After(Exponential(meanSeconds), () =>
        {
            action();
            Repeat(meanSeconds, action);
        });
    }

    TimeSpan Exponential(double meanSeconds) => TimeSpan.FromSeconds(-meanSeconds * Math.Log(1 - _random.NextDouble()));
}
