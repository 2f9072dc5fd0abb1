using System.Text.Json.Nodes;
using Federated.Aggregators.Adapters;
using Federated.Server.Aggregation;
using Federated.Server.Rounds;
using Server.Tests.Kit;

namespace Server.Tests.Rounds;

/// <summary>A late update is folded as what it is: a change of the version that its client started from.</summary>
public sealed class StaleFoldTests
{
    static readonly TestAdapter Adapter = new();

    [Fact]
    public async Task Run_LateUpdate_IsFoldedAsAChangeOfItsOwnStart()
    {
        await using var server = new ServerKit();
        var loop = await server.CreateAsync(Adapter, Adapter.Spec("late", 2, 3, s =>
        {
            s["cohort"] = new JsonObject { ["size"] = 3, ["quorum"] = 2, ["minimum"] = 2, ["deadlineSeconds"] = 0 };
            s["asynchrony"] = new JsonObject { ["mode"] = "semi-synchronous" };
            s["product"] = "ffa-lora";
            s["weigher"] = "uniform";
        }));
        await loop.SendAsync(new RoundCommand.Pause(), CancellationToken.None);
        var clients = new[] { "a", "b", "c" }.Select(id => new SyntheticClient(id, server.Wire, Adapter) { BeforeTraining = a => HoldAsync(loop, id, (int)a.Round), Scale = 0.5f }).ToList();
        var work = clients.Select(c => c.RunAsync(CancellationToken.None)).ToList();
        await loop.WaitAsync(s => s.Fleet.Count == 3, CancellationToken.None).DefaultTimeout();
        await loop.SendAsync(new RoundCommand.Resume(), CancellationToken.None);
        await Task.WhenAll(work).DefaultTimeout();

        var (v0, v1, v2) = (await HeadAsync(server, 0), await HeadAsync(server, 1), await HeadAsync(server, 2));
        var (ofA, ofC) = (Delta("a", 2), Delta("c", 1));
        for (var i = 0; i < v2.Length; i++)
            Assert.Equal(v1[i] + ((double)ofA[i] + ofC[i]) / 2, v2[i], 1e-6);
        Assert.Contains(Enumerable.Range(0, v1.Length), i => Math.Abs(v0[i] - v1[i]) > 1e-2);
    }

    // Round 1 takes a and b; c comes in round 2, before a; b comes too late for it.
    static Task HoldAsync(RoundLoop loop, string client, int round) => (client, round) switch
    {
        ("c", 1) => loop.WaitAsync(s => s is { Round: 2, Phase: RoundPhase.Collecting }, CancellationToken.None),
        ("a", 2) => loop.WaitAsync(s => s.AcceptedCount == 1 || s.Version.Version == 2, CancellationToken.None),
        ("b", 2) => loop.WaitAsync(s => s.Version.Version == 2, CancellationToken.None),
        _ => Task.CompletedTask,
    };

    static LayoutTensor Head => Adapter.Layout.Tensors.Single(t => t.Role == "weight");

    static float[] Delta(string client, int round) => Synthetic.Values(RoundSeeds.For(1, round, client) + (ulong)TrainedIndex, Head.Elements, 0.5f);

    // Under ffa-lora clients send B and the head only, so the head's place among what is sent differs from its place in the layout.
    static int TrainedIndex => Adapter.Layout.Tensors.Where(t => t.Role != "lora_A").ToList().FindIndex(t => t.Name == Head.Name);

    static async Task<float[]> HeadAsync(ServerKit server, int version)
    {
        var info = RoundRestore.Version((await server.Store.VersionAsync("late", version, CancellationToken.None))!);
        var layout = RunAdapter.Load(server.Blobs, info.SchemaDigest, info.PlanDigest).Layout;
        return GroupFiles.Read(server.Blobs, layout, info)[Head.Index].ToArray();
    }
}
