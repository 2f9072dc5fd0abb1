using System.Collections.Immutable;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Formats.Digests;
using Federated.Server.Aggregation;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage;
using Server.Tests.Kit;

namespace Server.Tests.Rounds;

/// <summary>A large adapter is folded part by part; the oracle is the library's fold over the whole of it.</summary>
public sealed class PartwiseFoldTests
{
    static readonly TestAdapter Adapter = new(modules: 3);
    static readonly string[] Sites = ["a", "b", "c"];

    /// <summary>Those that fold a LoRA adapter.</summary>
    public static TheoryData<string> Bundles =>
        [.. StrategyCatalog.Default.Bundles.Select(b => b.Name).Where(b => StrategyCatalog.Default.Refusals(FoldSpec.Of(b), new FoldRequirements(), Adapter.Schema).Count == 0)];

    [Theory]
    [MemberData(nameof(Bundles))]
    public async Task Run_GroupByGroup_IsTheFoldOfTheWholeToTheBit(string bundle)
    {
        var spec = FoldSpec.Of(bundle);
        var (whole, parts) = (await FoldTwiceAsync(spec, long.MaxValue), await FoldTwiceAsync(spec, 0));

        Assert.Equal(1, whole.Parts);
        Assert.Equal(whole.Values, parts.Values);
        Assert.Equal(whole.State, parts.State);
        Assert.Equal(whole.Offsets, parts.Offsets);
        Assert.Equal(whole.Diagnostics, parts.Diagnostics);
    }

    [Theory]
    [InlineData("fedit", 4)]
    [InlineData("bulyan", 1)]
    public async Task Run_WeightsOfValues_NeedTheWholeAtOnce(string bundle, int parts) =>
        Assert.Equal(parts, (await FoldTwiceAsync(FoldSpec.Of(bundle), 0)).Parts);

    sealed record Folded(int Parts, float[] Values, string State, string[] Offsets, string Diagnostics);

    // The second fold begins with what the first one remembers.
    static async Task<Folded> FoldTwiceAsync(FoldSpec strategy, long bytes)
    {
        var (spools, blobs) = (new MemorySpools(), new MemoryBlobStore());
        await blobs.PutAsync([Adapter.SchemaBytes, Adapter.PlanBytes], CancellationToken.None);
        var spec = RunSpecJson.Read(Adapter.Spec("parts", 2, Sites.Length)) with { Strategy = strategy, Encoding = "f32" };
        var (version, state) = (new AdapterTensors(Adapter.Layout, Synthetic.Values(7, (int)Adapter.Layout.TotalElements, 0.1f)), StrategyState.Empty);
        Folded? folded = null;
        for (var round = 1; round <= 2; round++)
        {
            var order = await OrderAsync(spec, round, spools);
            var fold = new RecordedFold(blobs, spools, new AdapterCache(blobs), new WorkerOptions(1) { PartBytes = bytes });
            using var updates = fold.Open(order);
            var (taken, values, offsets, before) = (0, new List<float>(), new List<string>(), version);
            var summary = fold.Run(updates, new RecordedStart(Adapter.Layout, (part, _) => Of(before, part), state, null), true, part =>
            {
                taken++;
                values.AddRange(part.Tensors.Values);
                offsets.AddRange(part.Offsets.Select(o => $"{o.Group}:{o.Rank}:{o.Scale:R}:{string.Join(' ', o.Left)}:{string.Join(' ', o.Right)}"));
            }, CancellationToken.None);
            (version, state) = (new AdapterTensors(Adapter.Layout, [.. values]), summary.State);
            folded = new Folded(taken, [.. values], Text(state), [.. offsets], DiagnosticsJson.Write(summary.Diagnostics));
        }
        return folded!;
    }

    static async Task<FoldOrder> OrderAsync(RunSpec spec, int round, MemorySpools spools)
    {
        var updates = new List<AcceptedUpdate>();
        foreach (var (site, i) in Sites.Select((s, i) => (s, i)))
        {
            byte[] bytes = [1, 2, 3, .. Synthetic.Values((ulong)(10 * round + i), (int)Adapter.Layout.TotalElements, 0.05f).SelectMany(BitConverter.GetBytes)];
            var digest = TreeDigest.Of(bytes);
            using var spool = await spools.OpenAsync(new SpoolKey("parts", round, digest), bytes.Length, CancellationToken.None);
            spool.Append(bytes);
            Assert.True(await spool.CompleteAsync());
            updates.Add(new AcceptedUpdate(site, AssignmentIds.Train("parts", round, 1, site), "", digest, 10 + i));
        }
        var start = new VersionInfo(round - 1, "", 0, null, TreeDigest.Of(Adapter.SchemaBytes), TreeDigest.Of(Adapter.PlanBytes)) { Groups = [], PlanVersion = 0, PublishedMs = 0 };
        var plan = new RoundPlan("parts", round, 1, round - 1, "", start.PlanDigest, 0.01, ImmutableArray<PlannedClient>.Empty);
        return new FoldOrder(spec, plan, new AcceptedSet([.. updates]), start);
    }

    static AdapterTensors Of(AdapterTensors whole, AdapterLayout part)
    {
        var tensors = new AdapterTensors(part);
        foreach (var tensor in part.Tensors)
            whole[whole.Layout.Find(tensor.Name)!].CopyTo(tensors[tensor]);
        return tensors;
    }

    static string Text(StrategyState state) => string.Join('\n', state.Tensors.Select(t => $"{t.Key}: {string.Join(' ', t.Value.ToArray().Select(v => BitConverter.SingleToInt32Bits(v)))}"));
}
