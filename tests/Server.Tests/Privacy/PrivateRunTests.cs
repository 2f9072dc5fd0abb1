using System.Text.Json.Nodes;
using Federated.Formats.Safetensors;
using Federated.Privacy.Accounting;
using Federated.Server.Faults;
using Federated.Server.Privacy;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage;
using Federated.Server.Storage.Rows;
using Server.Tests.Crash;
using Server.Tests.Kit;

namespace Server.Tests.Privacy;

/// <summary>Runs whose server adds noise: what is published, what is counted, and what a crash changes of either (nothing).</summary>
public sealed class PrivateRunTests
{
    const string Run = "private";

    static readonly TestAdapter Adapter = new();
    static readonly string[] Sites = ["a", "b", "c"];

    [Fact]
    public async Task Restart_AfterEveryCommit_SpendsOncePublishesTheSameNoiseAndNothingWithoutIt()
    {
        var log = new LoggingRunStore();
        var (blobs, spools, secrets) = (new MemoryBlobStore(), new KeptSpools(), new MemoryRunSecrets(3));
        await using (var server = new ServerKit(log, blobs, spools, secrets: secrets))
            await FinishAsync(server, await server.CreateAsync(Adapter, Spec(rounds: 2)));
        var (versions, ledger) = (await VersionsAsync(log, 2), await log.LedgerAsync(Run, CancellationToken.None));
        Assert.Equal(2, ledger.Count);

        var first = log.Commits.FindIndex(c => c.Any(r => r.Row is RunRow));
        for (var prefix = first; prefix < log.Commits.Count; prefix++)
        {
            var store = new LoggingRunStore();
            foreach (var commit in log.Commits.Take(prefix + 1))
                await store.CommitAsync(commit, CancellationToken.None);
            await using var server = new ServerKit(store, blobs, spools, secrets: secrets);
            await server.Tokens.LoadAsync(CancellationToken.None);
            await server.Runs.ResumeAsync(CancellationToken.None);
            await FinishAsync(server, server.Runs.Get(Run));
            Assert.Equal(versions, await VersionsAsync(store, 2));
            Assert.Equal(ledger.Select(r => r with { AtMs = 0 }), (await store.LedgerAsync(Run, CancellationToken.None)).Select(r => r with { AtMs = 0 }));
        }
        // A version without its row, or a row without its version, exists in no prefix.
        Assert.All(log.Commits, c => Assert.Equal(c.Select(r => r.Row).OfType<VersionRow>().Count(v => v.Version > 0), c.Select(r => r.Row).OfType<LedgerRow>().Count()));
        await AssertNothingUndisturbedIsStoredAsync(blobs);
    }

    // The same clients and seeds without privacy give the sums as they are; none of those bytes may lie anywhere in the private run's store.
    static async Task AssertNothingUndisturbedIsStoredAsync(MemoryBlobStore blobs)
    {
        await using var open = new ServerKit();
        var loop = await open.CreateAsync(Adapter, Adapter.Spec(Run, 1, 3, s => s["weigher"] = "uniform"));
        await FinishAsync(open, loop);
        Assert.All(loop.Current.State.Version.Groups, g => Assert.Null(blobs.Size(g.Digest)));
    }

    [Fact]
    public async Task Run_BudgetForTwoRounds_StopsBeforeTheThird()
    {
        var three = AnalyticGaussian.Epsilon(2 / Math.Sqrt(3), 1e-5);
        await using var server = new ServerKit();
        var loop = await server.CreateAsync(Adapter, Spec(rounds: 5, p => { p["noise"] = 2; p["epsilon"] = 0.999 * three; p["accountant"] = "pld"; }));
        await FinishAsync(server, loop);

        var state = loop.Current.State;
        Assert.Equal((RoundPhase.Stopped, 2, "F140"), (state.Phase, state.Version.Version, state.LastError!.Code));
        var ledger = await server.Store.LedgerAsync(Run, CancellationToken.None);
        Assert.Equal(2, ledger.Count);
        Assert.Equal(AnalyticGaussian.Epsilon(2, 1e-5), ledger[0].Epsilon, 9);
        Assert.Equal(AnalyticGaussian.Epsilon(2 / Math.Sqrt(2), 1e-5), ledger[1].Epsilon, 9);
        Assert.All(Sites, s => Assert.Equal(2, state.Spent[s]));
    }

    // LoRA-FAIR makes two passes over the same clients: one Gaussian event of the joint noise.
    [Fact]
    public async Task Run_TwoPasses_CostsTheirJointNoise()
    {
        await using var server = new ServerKit();
        var loop = await server.CreateAsync(Adapter, Adapter.Spec(Run, 1, 3, s => { s["strategy"] = "lora-fair"; s["weigher"] = "uniform"; s["privacy"] = Section(p => p["termNoise"] = 3); }));
        await FinishAsync(server, loop);
        Assert.Equal(1 / Math.Sqrt(1 / 4.0 + 1 / 9.0), (await server.Store.LedgerAsync(Run, CancellationToken.None)).Single().Noise, 12);
    }

    [Fact]
    public async Task Run_AdaptiveClip_MovesTheBoundTowardsTheNorms()
    {
        await using var server = new ServerKit();
        var loop = await server.CreateAsync(Adapter, Spec(rounds: 3, p => { p["clip"] = 1e-3; p["epsilon"] = 1000; p["adaptive"] = new JsonObject { ["countNoise"] = 1.01 }; }));
        await FinishAsync(server, loop);
        var state = Federated.Server.Aggregation.GroupFiles.ReadState(server.Blobs, loop.Current.State.Version.StateDigest);
        // All norms lie above the bound, so but for the count's noise it grows by exp(0.2 * 0.5) a round.
        Assert.True(state["privacy/clip"][0] > 1.05e-3);
    }

    [Fact]
    public async Task Run_SecretLostAfterARestart_GoesNoFurtherAndSaysWhy()
    {
        await using var server = new ServerKit(secrets: new LostSecrets());
        var loop = await server.CreateAsync(Adapter, Spec(rounds: 1));
        using var done = new CancellationTokenSource();
        var clients = Clients(server, done.Token);
        await loop.WaitAsync(s => s.LastError?.Code == "F488", CancellationToken.None).DefaultTimeout();
        Assert.Equal(0, loop.Current.State.Version.Version);
        await done.CancelAsync();
        await Task.WhenAll(clients).DefaultTimeout();
    }

    [Theory]
    [InlineData("accepted set")]
    [InlineData("plan")]
    [InlineData("parent")]
    [InlineData("state")]
    [InlineData("spec")]
    [InlineData("secret")]
    public void Noise_AnotherAcceptedSet_IsAnotherNoise(string what)
    {
        var spec = RunSpecJson.Read(Spec(rounds: 2));
        var version = new VersionInfo(0, "manifest", 1, null, "schema", "plan") { Groups = [], PlanVersion = 0, PublishedMs = 0 };
        var order = new FoldOrder(spec, new RoundPlan(Run, 1, 1, 0, "manifest", "plan", 0.1, []), new AcceptedSet([new AcceptedUpdate("a", "1", "manifest", "digest", 7)]), version);
        var other = what switch
        {
            "accepted set" => order with { Accepted = new AcceptedSet([new AcceptedUpdate("a", "1", "manifest", "another", 7)]) },
            "plan" => order with { Plan = order.Plan with { Attempt = 2 } },
            "parent" => order with { VersionIn = version with { ManifestDigest = "another" } },
            "state" => order with { VersionIn = version with { StateDigest = "state" } },
            "spec" => order with { Spec = spec with { Seed = 9 } },
            _ => order,
        };
        Assert.Equal(Draw(order, 1), Draw(order, 1));
        Assert.NotEqual(Draw(order, 1), Draw(other, what == "secret" ? 2u : 1));
    }

    // The clients' random updates of A lie near none of them, so that nothing stands out, but every update is measured.
    [Fact]
    public async Task Run_WithAProbePack_MeasuresEveryUpdate()
    {
        using var bytes = new MemoryStream();
        SafetensorsWriter.Write(bytes, [TensorContent.Singles("inputs", [64, 16], Synthetic.Values(5, 64 * 16, 1))]);
        var pack = bytes.ToArray();
        await using var server = new ServerKit();
        await server.Blobs.PutAsync([pack], CancellationToken.None);
        var loop = await server.CreateAsync(Adapter, Adapter.Spec(Run, 1, 3, s => s["probePack"] = Federated.Formats.Digests.TreeDigest.Of(pack)));
        await FinishAsync(server, loop);
        var round = (await server.Store.RoundsAsync(Run, CancellationToken.None)).Single(r => r.Round == 1);
        var updates = LeakIndicators.Read(round.LeakageJson!);
        Assert.Equal(Sites, updates.Select(u => u.Client));
        Assert.All(updates, u => Assert.Equal((64, 4), (u.Candidates, u.Rank)));
    }

    static double[] Draw(FoldOrder order, ulong seed)
    {
        var secrets = new MemoryRunSecrets(seed);
        secrets.Create(Run);
        var sum = new double[3];
        RoundNoise.Of(order, Federated.Aggregators.Strategies.StrategyState.Empty, secrets)!.Mechanism.Disturb("tensor", 1, sum);
        return sum;
    }

    static byte[] Spec(int rounds, Action<JsonObject>? change = null) =>
        Adapter.Spec(Run, rounds, cohort: 3, s => { s["weigher"] = "uniform"; s["privacy"] = Section(change); });

    static JsonObject Section(Action<JsonObject>? change = null)
    {
        var section = new JsonObject { ["clip"] = 0.5, ["noise"] = 2, ["epsilon"] = 100, ["delta"] = 1e-5 };
        change?.Invoke(section);
        return section;
    }

    static async Task<string?[]> VersionsAsync(LoggingRunStore store, int count) =>
        await Task.WhenAll(Enumerable.Range(1, count).Select(async v => (await store.VersionAsync(Run, v, CancellationToken.None))?.ManifestDigest));

    static List<Task> Clients(ServerKit server, CancellationToken stopping) =>
        [.. Sites.Select(id => new SyntheticClient(id, server.Wire, Adapter).PersistAsync(stopping).ContinueWith(_ => { }, TaskScheduler.Default))];

    static async Task FinishAsync(ServerKit server, RoundLoop loop)
    {
        using var done = new CancellationTokenSource();
        var clients = Clients(server, done.Token);
        await loop.WaitAsync(s => s.IsTerminal, CancellationToken.None).DefaultTimeout();
        await done.CancelAsync();
        await Task.WhenAll(clients).DefaultTimeout();
    }

    sealed class LostSecrets : IRunSecrets
    {
        public void Create(string run)
        {
        }

        public byte[] Read(string run) => throw new FaultException(Fault.SecretLost, $"The secret of run '{run}' is gone.");
    }
}
