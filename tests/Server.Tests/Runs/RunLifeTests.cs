using Federated.Server.Storage;
using System.Text.Json.Nodes;
using Federated.Formats.Digests;
using Federated.Protos.V1;
using Federated.Server.Aggregation;
using Federated.Server.Faults;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Server.Tests.Kit;

namespace Server.Tests.Runs;

/// <summary>Runs as data: checked before they exist, cloned, begun from an existing version, rolled back.</summary>
public sealed class RunLifeTests : IAsyncDisposable
{
    static readonly TestAdapter Adapter = new();

    readonly ServerKit _server = new();

    [Fact]
    public async Task Validate_GoodRun_PredictsWhatItReallyTakes()
    {
        await UploadAsync();
        var client = new SyntheticClient("a", _server.Wire, Adapter);
        var spec = RunSpecJson.Read(Adapter.Spec("run", 2, 1));

        var forecast = await _server.Runs.ValidateAsync(spec, CancellationToken.None);

        Assert.Empty(_server.Runs.All);
        await _server.Runs.CreateAsync(spec, CancellationToken.None);
        await client.RunAsync(CancellationToken.None).DefaultTimeout();
        var used = await _server.Store.ParticipationsAsync("run", 1, CancellationToken.None);
        Assert.InRange(Assert.Single(used).BytesUp, forecast.BytesUp * 0.9, forecast.BytesUp * 1.1);
        Assert.Equal(4 * Adapter.Layout.TotalElements, forecast.BytesDown);
        Assert.Null(forecast.RoundSeconds);
    }

    [Fact]
    public async Task Validate_ConnectedClients_PredictsTheRoundFromTheSlowestOfTheQuorum()
    {
        await UploadAsync();
        foreach (var (id, speed) in new[] { ("a", 10.0), ("b", 2.0), ("c", 1.0) })
            await Conversation.OpenAsync(_server, new SyntheticClient(id, _server.Wire, Adapter), h => h.Device.StepsPerSecond = speed).DefaultTimeout();
        await Until(() => _server.Clients.Count == 3);
        var spec = RunSpecJson.Read(Adapter.Spec("run", 2, 3, s =>
        {
            s["cohort"] = new JsonObject { ["size"] = 3, ["quorum"] = 2 };
            s["train"]!["steps"] = 20;
        }));

        var forecast = await _server.Runs.ValidateAsync(spec, CancellationToken.None);

        Assert.Equal([("a", 2.0), ("b", 10.0), ("c", 20.0)], forecast.Seconds.Select(s => (s.Key, s.Value!.Value)));
        Assert.Equal(10, forecast.RoundSeconds);
    }

    [Fact]
    public async Task Clone_ChangesOnlyWhatIsAsked()
    {
        await FinishAsync("first", rounds: 1);

        var loop = await CloneAsync("first", new JsonObject { ["name"] = "second", ["rounds"] = 4, ["evaluate"] = null }, CancellationToken.None);

        var (first, second) = (_server.Runs.Get("first").Current.State.Spec, loop.Current.State.Spec);
        Assert.Equal(("second", 4), (second.Name, second.Rounds));
        Assert.Equal(RunSpecJson.Write(first with { Name = "second", Rounds = 4 }), RunSpecJson.Write(second));
    }

    [Fact]
    public async Task Clone_WithoutANewName_IsRefused() =>
        Assert.Equal(Fault.RunExists, (await Assert.ThrowsAsync<FaultException>(async () =>
        {
            await FinishAsync("first", rounds: 1);
            await CloneAsync("first", [], CancellationToken.None);
        })).Refusal.Fault);

    [Fact]
    public async Task WarmStart_BeginsWithThatVersionAndNamesItsParent()
    {
        await FinishAsync("first", rounds: 3, product: "flora");
        var source = await VersionAsync("first", 2);

        var loop = await CloneAsync(
            "first", new JsonObject { ["name"] = "second", ["version0"] = null, ["warmStart"] = new JsonObject { ["run"] = "first", ["version"] = 2 } }, CancellationToken.None);

        var version = loop.Current.State.Version;
        Assert.Equal(source.ManifestDigest, version.Parent);
        Assert.Equal(source.Groups.AsEnumerable(), version.Groups);
        Assert.Equal(source.Offsets.AsEnumerable(), version.Offsets);
        Assert.NotEmpty(version.Offsets);
    }

    [Theory]
    [InlineData("no-such-run", 0)]
    [InlineData("first", 9)]
    public async Task WarmStart_FromNothing_IsRefused(string run, int version)
    {
        await FinishAsync("first", rounds: 1);
        var changes = new JsonObject { ["name"] = "second", ["version0"] = null, ["warmStart"] = new JsonObject { ["run"] = run, ["version"] = version } };

        Assert.Equal(Fault.VersionNotFound, (await Assert.ThrowsAsync<FaultException>(() => CloneAsync("first", changes, CancellationToken.None))).Refusal.Fault);
    }

    [Fact]
    public async Task RollBack_PausedRun_PublishesTheOldValuesAsTheNextVersionAndGoesOnFromThere()
    {
        var loop = await _server.CreateAsync(Adapter, Spec("run", 4, "fedit"));
        var client = new SyntheticClient("a", _server.Wire, Adapter) { BeforeTraining = a => a.Round == 3 ? PauseAsync(loop) : Task.CompletedTask };
        var work = client.RunAsync(CancellationToken.None);
        await loop.WaitAsync(s => s is { Phase: RoundPhase.Idle, Round: 4 }, CancellationToken.None).DefaultTimeout();

        await _server.Runs.RollBackAsync("run", 1, CancellationToken.None);

        var (old, again) = (await VersionAsync("run", 1), loop.Current.State.Version);
        Assert.Equal((4, 5), (again.Version, loop.Current.State.Round));
        Assert.Equal((await VersionAsync("run", 3)).ManifestDigest, again.Parent);
        Assert.Equal(old.Groups.AsEnumerable(), again.Groups);
        var round = (await _server.Store.RoundsAsync("run", CancellationToken.None)).Single(r => r.Round == 4);
        Assert.Equal(("published", 1, 4), (round.Phase, round.VersionIn, round.VersionOut));
        await loop.SendAsync(new RoundCommand.Resume(), CancellationToken.None);
        await work.DefaultTimeout();
        Assert.Equal(RoundPhase.Completed, loop.Current.State.Phase);
    }

    [Fact]
    public async Task RollBack_ToAVersionThatIsNotThere_IsRefused()
    {
        await _server.CreateAsync(Adapter, Spec("run", 4, "fedit"));
        Assert.Equal(Fault.VersionNotFound, (await Assert.ThrowsAsync<FaultException>(() => _server.Runs.RollBackAsync("run", 1, CancellationToken.None))).Refusal.Fault);
    }

    /// <summary>One client is held back by two versions: its update is folded with the version that it started from, wherever the server was restarted.</summary>
    [Fact]
    public async Task Asynchronous_StaleUpdate_IsFoldedFromItsOwnStart()
    {
        var slow = new TaskCompletionSource();
        var spec = Adapter.Spec("async", 4, 3, s =>
        {
            s["cohort"] = new JsonObject { ["size"] = 3, ["quorum"] = 2, ["minimum"] = 2 };
            s["asynchrony"] = new JsonObject { ["mode"] = "asynchronous" };
            s["product"] = "ffa-lora";
            s["weigher"] = "staleness";
        });
        var loop = await _server.CreateAsync(Adapter, spec);
        var clients = new[] { "a", "b", "z" }.Select(id => new SyntheticClient(id, _server.Wire, Adapter)
        {
            BeforeTraining = a => id == "z" && a.Round == 1 ? slow.Task : Task.CompletedTask,
        }).ToList();
        var joined = clients.Select(c => c.RunAsync(CancellationToken.None)).ToList();
        await loop.WaitAsync(s => s.Version.Version >= 2, CancellationToken.None).DefaultTimeout();
        slow.SetResult();
        await Task.WhenAll(joined).DefaultTimeout();

        Assert.Equal(RoundPhase.Completed, loop.Current.State.Phase);
        var outcomes = clients[2].Outcomes;
        Assert.Contains(outcomes[0].Result, (UploadResult[])[UploadResult.Accepted, UploadResult.Discarded]);
        var rounds = await _server.Store.RoundsAsync("async", CancellationToken.None);
        var sets = rounds.Where(r => r.AcceptedSetJson is not null).Select(r => (r.Round, Set: AcceptedSet.Parse(System.Text.Encoding.UTF8.GetBytes(r.AcceptedSetJson!)))).ToList();
        Assert.Equal([1, 2, 3, 4], sets.Select(s => s.Round));
        Assert.Equal(sets.SelectMany(s => s.Set.Updates).Count(), sets.SelectMany(s => s.Set.Updates).DistinctBy(u => u.AssignmentId).Count());
        if (sets.SelectMany(s => s.Set.Updates).FirstOrDefault(u => u.Client == "z" && u.StartRound == 1) is { } stale)
            Assert.Equal(0, stale.StartVersion);
    }

    Task<RoundLoop> CloneAsync(string run, JsonObject changes, CancellationToken stopping) =>
        _server.Runs.CreateAsync(RunSpecJson.Read(_server.Runs.Changed(run, changes)), stopping);

    static Task PauseAsync(RoundLoop loop) => loop.SendAsync(new RoundCommand.Pause(), CancellationToken.None);

    async Task FinishAsync(string name, int rounds, string product = "fedit")
    {
        await _server.CreateAsync(Adapter, Spec(name, rounds, product));
        await new SyntheticClient("a", _server.Wire, Adapter).RunAsync(CancellationToken.None).DefaultTimeout();
    }

    static byte[] Spec(string name, int rounds, string product) => Adapter.Spec(name, rounds, 1, s => s["product"] = product);

    async Task<VersionInfo> VersionAsync(string run, int version) => RoundRestore.Version((await _server.Store.VersionAsync(run, version, CancellationToken.None))!);

    Task UploadAsync() => _server.Blobs.PutAsync([.. Adapter.Blobs.Select(b => (ReadOnlyMemory<byte>)b)], CancellationToken.None);

    static Task Until(Func<bool> condition) => Task.Run(async () =>
    {
        while (!condition())
            await Task.Yield();
    }).DefaultTimeout();

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
