using System.Text;
using System.Text.Json.Nodes;
using Federated.Aggregators.Adapters;
using Federated.Protos.V1;
using Federated.Server.Faults;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Server.Tests.Kit;

namespace Server.Tests.Planning;

/// <summary>FedPipe-style planning in the running system: sites measure, the next round gives each what it can carry, mixed ranks are folded, and all of it is on record.</summary>
public sealed class PlannedRunTests
{
    const string Run = "planned";
    const int Rounds = 3;
    const string First = "layer.0.query", Second = "layer.1.query";

    static readonly TestAdapter Adapter = new();

    // With 416 trained scalars the step of two examples peaks at 1,000,000 bytes; an example takes 100, the base 4,000 in fp32 and 562.5 in NF4.
    // "b" can hold NF4 and 64 scalars with four examples; "c" has room for everything, "a" for nothing.
    static readonly (string Id, ulong Memory)[] Sites = [("a", 500_000), ("b", 1_101_334), ("c", 100_000_000)];

    [Fact]
    public async Task Run_ThreeDevices_EachTrainsWhatItCanCarryAndTheWeakestOnlyEvaluates()
    {
        await using var server = new ServerKit();
        var (loop, clients) = await FinishAsync(server);

        var planning = RoundRestore.Version((await server.Store.VersionAsync(Run, 1, CancellationToken.None))!).Planning!;
        Assert.Contains("MiB", planning.Clients["a"].Choice.Refusal, StringComparison.Ordinal);
        Assert.Equal((2, 4, 4, First), Sizes(planning, "b"));
        Assert.Equal((4, 4, 32, $"{First},{Second}"), Sizes(planning, "c"));
        var events = await server.Store.EventsAsync(0, 100, null, CancellationToken.None);
        Assert.Equal(["a"], events.Where(e => e.Kind == "client-evaluates-only").Select(e => e.Client));
        Assert.Equal(["b", "c"], events.Where(e => e.Kind == "client-planned").Select(e => e.Client));

        var rounds = (await server.Store.ParticipationsAsync(Run, null, CancellationToken.None)).ToLookup(p => p.Round);
        Assert.Equal(["a", "b", "c"], rounds[1].Select(p => p.Client));
        Assert.All(rounds[1], p => Assert.Contains("report", p.PlanningJson, StringComparison.Ordinal));
        for (var round = 2; round <= Rounds; round++)
        {
            Assert.Equal(["b", "c"], rounds[round].Select(p => p.Client));
            foreach (var part in rounds[round])
            {
                var json = JsonNode.Parse(part.PlanningJson!)!;
                Assert.Equal(planning.Clients[part.Client].Choice.PredictedBytes, json["predicted"]!["bytes"]!.GetValue<double>());
                Assert.Equal((1_000_000.0, 0.25), (json["measured"]!["bytes"]!.GetValue<double>(), json["measured"]!["seconds"]!.GetValue<double>()));
            }
        }
        // One choice from the first round on, so one plan version.
        Assert.Equal(planning.PlanVersion, loop.Current.State.Version.Planning!.PlanVersion);
        Assert.All(clients.SelectMany(c => c.Outcomes), o => Assert.Equal(UploadResult.Accepted, o.Result));
    }

    [Fact]
    public async Task Assignments_OfAPlannedRound_CarryBatchStepsAndAPlanThatNamesNobodyElse()
    {
        await using var server = new ServerKit();
        var (_, clients) = await FinishAsync(server);
        Assignment Second(SyntheticClient client) => client.Heard.Where(m => m.Assignment is { Kind: AssignmentKind.Train }).Select(m => m.Assignment).Last();
        var (b, c) = (Second(clients[1]), Second(clients[2]));
        Assert.Equal((25u, 4u, 0), (b.Train.Steps, b.Train.BatchSize, b.Train.MeasureBatches.Count));
        Assert.NotEqual(b.PlanDigest, c.PlanDigest);
        Assert.Empty(b.Blobs);
        var plan = AdapterPlan.Parse(server.Blobs.ReadAll(Convert.ToHexStringLower(b.PlanDigest.Span)).Span);
        Assert.Empty(plan.Clients);
        Assert.Equal((2, 4, false), (plan.Of(PlannedRunTests.First).Rank, plan.Of(PlannedRunTests.First).BaseBits, plan.Of(PlannedRunTests.Second).Enabled));
    }

    // Whose plan it is says what device it has.
    [Fact]
    public async Task Download_AnotherClientsPlan_IsNotFound()
    {
        await using var server = new ServerKit();
        var (loop, clients) = await FinishAsync(server);
        var plan = loop.Current.State.Version.Planning!.StartOf("c")!.Plan;
        await server.Wire.DownloadAsync(clients[2].Token, Convert.FromHexString(plan), CancellationToken.None);
        await Assert.ThrowsAnyAsync<Exception>(() => server.Wire.DownloadAsync(clients[1].Token, Convert.FromHexString(plan), CancellationToken.None));
    }

    [Fact]
    public async Task Replay_RoundOfMixedRanks_GivesThePublishedBytes()
    {
        await using var server = new ServerKit();
        var (loop, _) = await FinishAsync(server);
        Assert.True((await server.Replay.RunAsync(loop.Current.State, 2, null, CancellationToken.None)).Identical);
    }

    [Fact]
    public async Task Restore_PlannedRun_HasTheReportsAndThePlanAgain()
    {
        await using var server = new ServerKit();
        var (loop, _) = await FinishAsync(server);
        var restored = await RoundRestore.LoadAsync(server.Store, (await server.Store.RunsAsync(CancellationToken.None)).Single(), CancellationToken.None);
        Assert.Equal(loop.Current.State.Version.Planning!.ToJson(), restored.Version.Planning!.ToJson());
        Assert.Equal(["a", "b", "c"], restored.Reports.Keys);
        Assert.Equal(loop.Current.State.Reports["b"].Device.FixedBytes, restored.Reports["b"].Device.FixedBytes);
    }

    [Theory]
    [InlineData("asynchrony", """{"mode":"asynchronous"}""")]
    [InlineData("privacy", """{"clip":1,"noise":2,"epsilon":9,"delta":1e-5}""")]
    [InlineData("planning", """{"batches":[4]}""")]
    [InlineData("planning", """{"ranks":[4,2]}""")]
    [InlineData("planning", """{"baseBits":[5]}""")]
    [InlineData("planning", """{"rank":[5]}""")]
    public void Spec_WhatPlanningCannotGoWith_IsRefused(string key, string section) =>
        Assert.Throws<FormatException>(() => RunSpecJson.Read(Spec(s => s[key] = JsonNode.Parse(section))));

    [Fact]
    public async Task Admission_RankAboveThePlansOrOffsets_IsRefused()
    {
        await using var server = new ServerKit();
        Assert.Equal(Fault.BlobsDoNotFit, (await Assert.ThrowsAsync<FaultException>(() => server.CreateAsync(Adapter, Spec(s => s["planning"]!["ranks"] = new JsonArray(8))))).Refusal.Fault);
        Assert.Equal(Fault.StrategyRefused, (await Assert.ThrowsAsync<FaultException>(() => server.CreateAsync(Adapter, Spec(s => s["strategy"] = "flora")))).Refusal.Fault);
    }

    [Fact]
    public void Spec_Planning_IsWrittenAsItIsRead() =>
        Assert.Equal(Encoding.UTF8.GetString(RunSpecJson.Write(RunSpecJson.Read(Spec()))), Encoding.UTF8.GetString(RunSpecJson.Write(RunSpecJson.Read(RunSpecJson.Write(RunSpecJson.Read(Spec()))))));

    static (int Rank, int Batch, int Bits, string Groups) Sizes(VersionPlanning planning, string client)
    {
        var choice = planning.Clients[client].Choice;
        return (choice.Rank, choice.Batch, choice.BaseBits, string.Join(",", choice.Groups));
    }

    static byte[] Spec(Action<JsonObject>? change = null) => Adapter.Spec(Run, Rounds, Sites.Length, s =>
    {
        s["strategy"] = "flexlora";
        s["clients"] = new JsonArray([.. Sites.Select(c => (JsonNode)c.Id)]);
        s["planning"] = new JsonObject { ["ranks"] = new JsonArray(1, 2, 4), ["batches"] = new JsonArray(2, 4) };
        s["keepUpdates"] = true;
        change?.Invoke(s);
    });

    static async Task<(RoundLoop Loop, List<SyntheticClient> Clients)> FinishAsync(ServerKit server)
    {
        var loop = await server.CreateAsync(Adapter, Spec());
        var clients = Sites.Select(c => new SyntheticClient(c.Id, server.Wire, Adapter) { Measurement = Measured(c.Memory), Scale = 0.1f, TakesBlobs = true }).ToList();
        await Task.WhenAll(clients.Select(c => c.RunAsync(CancellationToken.None))).DefaultTimeout();
        Assert.Equal(RoundPhase.Completed, loop.Current.State.Phase);
        return (loop, clients);
    }

    static Measurement Measured(ulong memory) => new()
    {
        MemoryBytes = memory, BaseWeights = 1_000, BaseBits = { 32, 8, 4 }, DownBytesPerSecond = 1e6,
        Steps = { new MeasuredStep { Batch = 2, Seconds = 0.1, PeakBytes = 1_000_000 }, new MeasuredStep { Batch = 4, Seconds = 0.12, PeakBytes = 1_000_200 } },
        Importance = { new GroupScore { Group = First, Score = 3 }, new GroupScore { Group = Second, Score = 1 } },
    };
}
