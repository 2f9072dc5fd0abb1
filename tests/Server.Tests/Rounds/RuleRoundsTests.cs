using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Formats.Peft;
using Federated.Protos.V1;
using Federated.Server.Aggregation;
using Federated.Server.Rounds;
using Server.Tests.Kit;

namespace Server.Tests.Rounds;

/// <summary>Rules that add to the base, or train other roles from round to round, in the running system.</summary>
public sealed class RuleRoundsTests
{
    const int Rounds = 3;

    static readonly TestAdapter Adapter = new();
    static readonly string[] Sites = ["a", "b"];

    /// <summary>
    /// Both rules are exact: base + offsets + s B A moves by the weighted mean of what the clients' own products moved, formed here from nothing but the
    /// published blobs and the deltas that the clients are known to send.
    /// </summary>
    [Theory]
    [InlineData("flora")]
    [InlineData("fedex-lora")]
    public async Task Run_RuleWithOffsets_MovesTheEffectiveBaseByTheMeanProduct(string product)
    {
        await using var server = new ServerKit();
        var versions = await RunAsync(server, product);
        for (var v = 1; v <= Rounds; v++)
        {
            var (before, after) = (Read(server, versions[v - 1]), Read(server, versions[v]));
            foreach (var group in Adapter.Layout.Groups.Where(g => g.Group.Product is not null))
            {
                var expected = Add(Effective(before, group), MeanMove(before.Tensors, group, v), 1);
                AssertClose(expected, Effective(after, group));
            }
            Assert.True(after.Offsets.Count > before.Offsets.Count);
            Assert.Equal(versions[v - 1].Offsets.Select(o => o.Digest), versions[v].Offsets.Take(versions[v - 1].Offsets.Length).Select(o => o.Digest));
        }
    }

    [Fact]
    public async Task Run_RuleWithOffsets_PublishesAFolderThatHoldsThemAsRank()
    {
        await using var server = new ServerKit();
        var version = (await RunAsync(server, "flora"))[^1];
        var adapters = new AdapterCache(server.Blobs);
        using var folder = new TemporaryFolder();
        var spec = server.Runs.Get("rule").Current.State.Spec;

        var path = new PublishedFolders(folder.Path, server.Blobs, adapters).Ensure(spec, version)!;

        var (read, group) = (Read(server, version), Adapter.Layout.Groups[0]);
        var peft = PeftFolder.Read(path);
        var (a, b) = (peft.Tensors.Single(t => t.Name.Contains("layer.0.query.lora_A", StringComparison.Ordinal)), peft.Tensors.Single(t => t.Name.Contains("layer.0.query.lora_B", StringComparison.Ordinal)));
        var rank = (int)a.Shape[0];
        Assert.Equal(group.Rank + read.Offsets.Where(o => o.Group == group.Group.Name).Sum(o => o.Rank), rank);
        var scale = group.Group.Product!.Scale(group.Rank);
        AssertClose(Effective(read, group), Product(b.Values.ToArray(), a.Values.ToArray(), (int)b.Shape[0], rank, (int)a.Shape[1], scale));
    }

    [Fact]
    public async Task Run_AlternatingRule_TrainsBThenAThenB()
    {
        await using var server = new ServerKit();
        var versions = await RunAsync(server, "rolora");

        Assert.Equal([1, 2, 3, 4], versions.Select(v => v.PlanVersion));
        for (var v = 1; v <= Rounds; v++)
        {
            var (before, after) = (Read(server, versions[v - 1]).Tensors, Read(server, versions[v]).Tensors);
            foreach (var tensor in Adapter.Layout.Tensors.Where(t => t.Role.StartsWith("lora", StringComparison.Ordinal)))
            {
                var trained = tensor.Role == (v % 2 == 1 ? "lora_B" : "lora_A");
                Assert.Equal(trained, !before[tensor.Index].SequenceEqual(after[tensor.Index]));
            }
        }
    }

    [Fact]
    public async Task Run_RuleThatTrainsOneFactor_KeepsOnePlan()
    {
        await using var server = new ServerKit();
        var versions = await RunAsync(server, "ffa-lora");

        Assert.Single(versions.Select(v => v.PlanDigest).Distinct());
        Assert.Equal(1, versions[0].PlanVersion);
    }

    static async Task<List<VersionInfo>> RunAsync(ServerKit server, string product)
    {
        var loop = await server.CreateAsync(Adapter, Adapter.Spec("rule", Rounds, Sites.Length, s => s["product"] = product));
        var clients = Sites.Select((id, i) => new SyntheticClient(id, server.Wire, Adapter) { Samples = (ulong)(i + 1), Scale = 0.5f }).ToList();
        await Task.WhenAll(clients.Select(c => c.RunAsync(CancellationToken.None))).DefaultTimeout();
        Assert.Equal(RoundPhase.Completed, loop.Current.State.Phase);
        Assert.All(clients.SelectMany(c => c.Outcomes), o => Assert.Equal(UploadResult.Accepted, o.Result));
        var versions = new List<VersionInfo>();
        for (var v = 0; v <= Rounds; v++)
            versions.Add(RoundRestore.Version((await server.Store.VersionAsync("rule", v, CancellationToken.None))!));
        return versions;
    }

    static (AdapterTensors Tensors, IReadOnlyList<OffsetFactor> Offsets) Read(ServerKit server, VersionInfo version)
    {
        var layout = RunAdapter.Load(server.Blobs, version.SchemaDigest, version.PlanDigest).Layout;
        return (GroupFiles.Read(server.Blobs, layout, version), GroupFiles.ReadOffsets(server.Blobs, layout, version));
    }

    static double[] Effective((AdapterTensors Tensors, IReadOnlyList<OffsetFactor> Offsets) version, LayoutGroup group)
    {
        var (b, a) = Factors(group);
        var sum = Product(version.Tensors[b.Index].ToArray(), version.Tensors[a.Index].ToArray(), b.Shape[0], group.Rank, a.Shape[1], group.Group.Product!.Scale(group.Rank));
        foreach (var offset in version.Offsets.Where(o => o.Group == group.Group.Name))
            sum = Add(sum, Product(offset.Left, offset.Right, b.Shape[0], offset.Rank, a.Shape[1], offset.Scale), 1);
        return sum;
    }

    /// <summary>sum p_k s (B_k A_k - B_v A_v) with p = 1/3, 2/3.</summary>
    static double[] MeanMove(AdapterTensors start, LayoutGroup group, int round)
    {
        var (b, a) = Factors(group);
        var scale = group.Group.Product!.Scale(group.Rank);
        var move = new double[b.Shape[0] * a.Shape[1]];
        for (var k = 0; k < Sites.Length; k++)
        {
            var seed = RoundSeeds.For(1, round, Sites[k]);
            var own = Product(Moved(start, b, seed), Moved(start, a, seed), b.Shape[0], group.Rank, a.Shape[1], scale);
            var old = Product(start[b.Index].ToArray(), start[a.Index].ToArray(), b.Shape[0], group.Rank, a.Shape[1], scale);
            move = Add(move, Add(own, old, -1), (k + 1) / 3.0);
        }
        return move;
    }

    static float[] Moved(AdapterTensors start, LayoutTensor tensor, ulong seed) =>
        [.. start[tensor.Index].ToArray().Zip(Synthetic.Values(seed + (ulong)tensor.Index, tensor.Elements, 0.5f), (x, d) => (float)((double)x + d))];

    static (LayoutTensor B, LayoutTensor A) Factors(LayoutGroup group) => (group.Find("lora_B")!, group.Find("lora_A")!);

    static double[] Product(float[] left, float[] right, int m, int rank, int n, double scale)
    {
        var result = new double[m * n];
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                for (var r = 0; r < rank; r++)
                    result[i * n + j] += scale * left[i * rank + r] * right[r * n + j];
            }
        }
        return result;
    }

    static double[] Add(double[] x, double[] y, double factor) => [.. x.Zip(y, (p, q) => p + factor * q)];

    static void AssertClose(double[] expected, double[] actual)
    {
        var size = Math.Sqrt(expected.Sum(x => x * x));
        Assert.InRange(Math.Sqrt(Add(expected, actual, -1).Sum(x => x * x)), 0, 1e-6 * size);
    }
}
