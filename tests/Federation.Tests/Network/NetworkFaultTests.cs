using System.Text.Json.Nodes;
using Federated.Cli.Bench.Processes;
using Federated.Cli.Rest;
using Federated.Cli.Simulation.Training;
using Federated.Client.Configuration;
using Federated.Client.Rounds;
using Federated.Client.Storage;
using Federated.Client.Transport.Grpc;

namespace Federation.Tests.Network;

/// <summary>Real gRPC through a proxy that breaks it: the run completes, every update counts once, and the bytes are those of a calm run.</summary>
public sealed class NetworkFaultTests : IAsyncLifetime
{
    const int Sites = 2, Rounds = 4;

    static readonly SyntheticSettings Adapter = new(Modules: 4, Width: 2_048, Rank: 8);
    static string? _calm;

    readonly CancellationTokenSource _stop = new(TimeSpan.FromMinutes(5));
    readonly string _folder = Directory.CreateTempSubdirectory("federated-network-").FullName;
    ServerUnderTest _server = null!;
    CoordinatorRest _rest = null!;
    FaultProxy _proxy = null!;
    Task _clients = Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        _server = new ServerUnderTest(_folder, threads: 1);
        _rest = await _server.StartAsync(_stop.Token);
        _proxy = new FaultProxy(() => _server.Endpoints?.Grpc.Port, TimeProvider.System);
    }

    [Fact]
    public Task Cut_InTheMiddleOfEveryFewUploads() => SurviveAsync(async () =>
    {
        var random = new Random(3);
        while (_proxy.CutsMade < 6 && !await IsOverAsync())
        {
            var before = _proxy.CutsMade;
            _proxy.CutAfter(random.NextInt64(400_000));
            await UntilAsync(async () => _proxy.CutsMade > before || await IsOverAsync());
        }
        Assert.True(_proxy.CutsMade > 2, "Hardly anything was cut.");
    });

    [Fact]
    public Task Reset_OfEverything() => SurviveAsync(async () =>
    {
        await ReachedAsync(round: 2);
        _proxy.Reset();
    });

    [Fact]
    public Task End_OfEverything() => SurviveAsync(async () =>
    {
        await ReachedAsync(round: 2);
        _proxy.Cut();
    });

    /// <summary>Nobody is told that the connections are dead: both sides find out by three missing heartbeats.</summary>
    [Fact]
    public Task HalfOpen_OfEverything() => SurviveAsync(async () =>
    {
        await ReachedAsync(round: 2);
        _proxy.HalfOpen();
    });

    [Fact]
    public Task Partition_ThatHeals() => SurviveAsync(async () =>
    {
        await ReachedAsync(round: 2);
        _proxy.Partition();
        await Task.Delay(TimeSpan.FromSeconds(2), _stop.Token);
        Assert.True((await _rest.RunAsync("network", _stop.Token)).Round < Rounds + 1, "The partition was none.");
        _proxy.Heal();
    });

    [Fact]
    public Task Delay_OfTwoHundredMilliseconds() => SurviveAsync(() =>
    {
        _proxy.Delay = TimeSpan.FromMilliseconds(200);
        return Task.CompletedTask;
    });

    [Fact]
    public Task Bandwidth_OfTwoMebibytesASecond() => SurviveAsync(() =>
    {
        _proxy.BytesPerSecond = 2 << 20;
        return Task.CompletedTask;
    });

    async Task SurviveAsync(Func<Task> disturb)
    {
        await CreateAsync();
        var calm = _calm;
        if (calm is null)
        {
            StartClients(_server.Endpoints!.Grpc);
            await UntilAsync(IsOverAsync);
            _calm = calm = await PublishedAsync();
            await EndAsync();
            Directory.CreateDirectory(_folder);
            await InitializeAsync();
            await CreateAsync();
        }
        StartClients(_proxy.Address);
        await disturb();
        await UntilAsync(IsOverAsync);

        Assert.Equal(calm, await PublishedAsync());
        Assert.All((await _rest.RoundsAsync("network", _stop.Token)).Where(r => r.Round > 0), r =>
        {
            Assert.Equal(Sites, r.Participations.Length);
            Assert.All(r.Participations, p => Assert.True(p.IsAccepted));
        });
    }

    Task CreateAsync() => ServerUnderTest.CreateAsync(_rest, SyntheticAdapter.Create(Adapter, 1), new JsonObject
    {
        ["name"] = "network",
        ["strategy"] = "lora-fair",
        ["rounds"] = Rounds,
        ["cohort"] = new JsonObject { ["size"] = Sites, ["quorum"] = Sites, ["minimum"] = Sites, ["deadlineSeconds"] = 0 },
        ["train"] = new JsonObject { ["steps"] = 1, ["learningRate"] = 0.01 },
    }, Path.Combine(_folder, "adapter"), _stop.Token);

    void StartClients(Uri server) => _clients = Task.WhenAll(Enumerable.Range(0, Sites).Select(i => Task.Run(() => RunAsync($"site-{i}", server))));

    async Task RunAsync(string id, Uri server)
    {
        var configuration = new ClientConfiguration
        {
            Id = id, Server = server, State = Path.Combine(_folder, id), Model = "none", ExitWhenIdle = true,
            Data = new DataConfiguration { Images = "none", Labels = "none" }, Reconnect = new ReconnectConfiguration(10, 100),
        };
        using var state = ClientState.Open(configuration.State);
        await using var transport = new GrpcTransport(server, state.Token);
        using var daemon = new ClientDaemon(configuration, new InstantSite(100), state, transport,
            new ClientRuntime(TimeProvider.System, new Random(1), new ClientLog(TextWriter.Null, TimeProvider.System), new PoolDevice()));
        await daemon.RunAsync(_stop.Token);
    }

    async Task<bool> IsOverAsync() => (await _rest.RunAsync("network", _stop.Token)).Ended;

    async Task<string> PublishedAsync() => (await _rest.VersionAsync("network", "latest", _stop.Token)).Digest;

    Task ReachedAsync(int round) => UntilAsync(async () => (await _rest.RunAsync("network", _stop.Token)).Round >= round);

    async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
            await Task.WhenAny(_clients.IsFaulted ? _clients : Task.Delay(10, _stop.Token)).Unwrap();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _stop.Dispose();
    }

    async Task EndAsync()
    {
        await _proxy.DisposeAsync();
        _server.Dispose();
        _rest.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
