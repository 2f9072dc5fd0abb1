using System.Text.Json;
using Federated.Protos.V1;
using Server.Tests.Kit;

namespace Server.Tests.Crash;

/// <summary>SIGKILL against the real executable: what was accepted counts, and the published bytes are those of an undisturbed run.</summary>
public sealed class KillTests : IDisposable
{
    const string Run = "killed";
    const int Rounds = 16;

    /// <summary>What only a hang reaches, also on a busy machine.</summary>
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    static readonly TestAdapter Adapter = new(modules: 6, width: 2048, rank: 16);

    readonly TemporaryFolder _calm = new();
    readonly TemporaryFolder _wild = new();

    [Fact]
    public async Task Run_KilledAtRandomInstants_PublishesTheBytesOfAnUndisturbedRun()
    {
        var random = new Random(20261122);
        var expected = await UndisturbedAsync();
        using var wire = new RestartableWire(_wild.Path);
        using var stopping = new CancellationTokenSource(Limit);
        var server = await ServerProcess.StartAsync(_wild.Path);
        await server.CreateAsync(Adapter, Spec());
        var clients = Clients(wire);
        var work = Task.WhenAll(clients.Select(c => c.PersistAsync(stopping.Token)));
        var kills = 0;
        while (kills < 8 && !work.IsCompleted)
        {
            await Task.WhenAny(work, Task.Delay(random.Next(5, 250), stopping.Token));
            server.Kill();
            server.Dispose();
            kills++;
            server = await ServerProcess.StartAsync(_wild.Path);
        }
        await work;

        Assert.True(kills >= 4, $"The run was over after {kills} kills; the test does not test what it should.");
        Assert.Equal(expected, await ManifestAsync(server));
        await AssertNothingAcceptedIsLostAsync(server, clients);
        server.Dispose();
    }

    [Fact]
    public async Task Run_KilledBetweenTheFirstAndTheLastUpdate_KeepsTheFirst()
    {
        using var wire = new RestartableWire(_wild.Path);
        using var stopping = new CancellationTokenSource(Limit);
        var resume = new TaskCompletionSource();
        var server = await ServerProcess.StartAsync(_wild.Path);
        await server.CreateAsync(Adapter, Adapter.Spec(Run, rounds: 1, cohort: 2));
        var clients = new List<SyntheticClient>
        {
            new("site-a", wire, Adapter),
            new("site-b", wire, Adapter) { BeforeTraining = _ => resume.Task },
        };
        var work = Task.WhenAll(clients.Select(c => c.PersistAsync(stopping.Token)));
        await UntilAsync(async () => (await server.GetAsync($"runs/{Run}")).GetProperty("accepted").GetInt32() == 1);

        server.Kill();
        server.Dispose();
        server = await ServerProcess.StartAsync(_wild.Path);
        Assert.Equal(1, (await server.GetAsync($"runs/{Run}")).GetProperty("accepted").GetInt32());
        resume.SetResult();
        await work;

        Assert.Single(clients[0].Outcomes, o => o.Result == UploadResult.Accepted);
        await AssertNothingAcceptedIsLostAsync(server, clients);
        server.Dispose();
    }

    async Task<string> UndisturbedAsync()
    {
        using var server = await ServerProcess.StartAsync(_calm.Path);
        using var wire = new GrpcWire(server.GrpcAddress);
        await server.CreateAsync(Adapter, Spec());
        await Task.WhenAll(Clients(wire).Select(c => c.RunAsync(CancellationToken.None))).WaitAsync(Limit);
        return await ManifestAsync(server);
    }

    static List<SyntheticClient> Clients(IWire wire) =>
        [.. new[] { ("site-a", 100u), ("site-b", 30u), ("site-c", 7u) }.Select(c => new SyntheticClient(c.Item1, wire, Adapter) { Samples = c.Item2 })];

    static byte[] Spec() => Adapter.Spec(Run, Rounds, cohort: 3);

    static async Task<string> ManifestAsync(ServerProcess server)
    {
        var version = await server.GetAsync($"runs/{Run}/versions/latest");
        Assert.Equal(Rounds, version.GetProperty("version").GetInt32());
        return version.GetProperty("digest").GetString()!;
    }

    static async Task AssertNothingAcceptedIsLostAsync(ServerProcess server, IEnumerable<SyntheticClient> clients)
    {
        var recorded = (await server.GetAsync($"runs/{Run}/rounds")).EnumerateArray()
            .SelectMany(r => r.GetProperty("participations").EnumerateArray())
            .Where(p => p.GetProperty("state").GetString() == "Accepted")
            .Select(p => p.GetProperty("digest").GetString()!)
            .ToHashSet();
        var receipts = clients.SelectMany(c => c.Outcomes).Where(o => o.Result == UploadResult.Accepted).Select(o => Convert.ToHexStringLower(o.Receipt.Span));
        Assert.Empty(receipts.Except(recorded));
    }

    static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var i = 0; i < 1_000; i++)
        {
            if (await condition())
                return;
            await Task.Delay(10);
        }
        Assert.Fail("The awaited state never came.");
    }

    public void Dispose()
    {
        _calm.Dispose();
        _wild.Dispose();
    }
}
