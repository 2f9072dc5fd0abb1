using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Formats.Digests;
using Federated.Formats.Safetensors;
using Federated.Formats.Versions;
using Federated.Server.Faults;
using Federated.Server.Runs;
using Federated.Server.Storage;
using Server.Tests.Kit;

namespace Server.Tests.Runs;

public sealed class RunAdmissionTests : IAsyncDisposable
{
    static readonly TestAdapter Adapter = new();
    static readonly TestAdapter Other = new(modules: 3);

    readonly ServerKit _server = new();

    [Theory]
    [InlineData("base", "F508")]
    [InlineData("version0", "F508")]
    [InlineData("plan", "F508")]
    [InlineData("schema bytes", "F508")]
    [InlineData("missing", "F405")]
    [InlineData("strategy", "F503")]
    [InlineData("option", "F503")]
    public async Task Create_WhatCannotWork_IsRefusedAndLeavesNothing(string what, string code)
    {
        await _server.Blobs.PutAsync([.. Other.Blobs.Select(b => (ReadOnlyMemory<byte>)b)], CancellationToken.None);
        var spec = Adapter.Spec("bad", 1, 1, s =>
        {
            switch (what)
            {
                case "base": s["base"] = new string('0', 64); break;
                case "version0": s["version0"] = TreeDigest.Of(Other.Version0Bytes); break;
                case "plan": s["plan"] = TreeDigest.Of(Other.PlanBytes); break;
                case "schema bytes": s["schema"] = TreeDigest.Of(Other.Version0Bytes); break;
                case "missing": s["version0"] = new string('0', 64); break;
                case "strategy": s["strategy"] = "lora-fare"; break;
                case "option": s["product"] = new System.Text.Json.Nodes.JsonObject { ["name"] = "lora-fair", ["lamda"] = 1 }; break;
            }
        });

        var refusal = await Assert.ThrowsAsync<FaultException>(() => _server.CreateAsync(Adapter, spec));

        Assert.Equal(code, refusal.Refusal.Code);
        Assert.Empty(_server.Runs.All);
        Assert.Empty(await _server.Store.RunsAsync(CancellationToken.None));
    }

    /// <summary>What a strategy cannot do is known when the run is created.</summary>
    [Theory]
    [InlineData("scaffold", "the run's clients do not")]
    [InlineData("mixed ranks", "needs one rank for all clients")]
    public async Task Create_StrategyThatTheRunsClientsCannotFollow_SaysWhy(string what, string why)
    {
        var overrides = new Dictionary<string, IReadOnlyDictionary<string, GroupPlan>> { ["a"] = new Dictionary<string, GroupPlan> { ["layer.0.query"] = Adapter.Plan.Of("layer.0.query") with { Rank = 1 } } };
        var mixed = new AdapterPlan(Adapter.Plan.Version, Adapter.Plan.Groups, overrides).ToJson();
        await _server.Blobs.PutAsync([mixed], CancellationToken.None);
        var spec = Adapter.Spec("bad", 1, 1, s =>
        {
            if (what == "scaffold")
                s["serverOptimizer"] = "scaffold";
            else
                (s["plan"], s["product"]) = (TreeDigest.Of(mixed), "fedsvd");
        });

        var refusal = await Assert.ThrowsAsync<FaultException>(() => _server.CreateAsync(Adapter, spec));

        Assert.Equal("F503", refusal.Refusal.Code);
        Assert.Contains(why, refusal.Refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("flora")]
    [InlineData("fedex-lora")]
    [InlineData("frlora")]
    [InlineData("ffa-lora")]
    [InlineData("rolora")]
    [InlineData("fedsvd")]
    public async Task Create_RuleThatAddsToTheBaseOrAlternates_IsWelcome(string product)
    {
        var loop = await _server.CreateAsync(Adapter, Adapter.Spec("good", 1, 1, s => s["product"] = product));
        Assert.Equal(0, loop.Current.State.Version.Version);
    }

    [Fact]
    public async Task Create_Version0WithOffsets_PublishesThemWithTheFirstVersion()
    {
        var offset = new OffsetFactor("layer.0.query", 2, [.. Enumerable.Range(0, 32).Select(i => i / 7f)], [.. Enumerable.Range(0, 32).Select(i => 1 - i / 9f)], -0.5);
        var loop = await _server.CreateAsync(Adapter, await SpecAsync(offset));
        var published = Assert.Single(loop.Current.State.Version.Offsets);
        var read = OffsetFile.Read(new MemorySpanSource(_server.Blobs.ReadAll(published.Digest)), Adapter.Layout.Groups[0]);
        Assert.Equal((offset.Rank, offset.Scale), (read.Rank, read.Scale));
        Assert.Equal(offset.Left.Concat(offset.Right), read.Left.Concat(read.Right));
    }

    [Fact]
    public async Task Create_Version0WithAnOffsetThatIsNotFiniteOrDoesNotFit_IsRefused()
    {
        var offset = new OffsetFactor("layer.0.query", 1, new float[16], new float[16], 1);
        foreach (var wrong in new[] { offset with { Left = [.. offset.Left[1..], float.NaN] }, offset with { Left = new float[15] }, offset with { Group = "classifier" } })
        {
            var spec = await SpecAsync(wrong);
            Assert.Equal("F508", (await Assert.ThrowsAsync<FaultException>(() => _server.CreateAsync(Adapter, spec))).Refusal.Code);
        }
    }

    /// <summary>A run whose version 0 has an offset beside the adapter's tensors.</summary>
    async Task<byte[]> SpecAsync(OffsetFactor offset)
    {
        using var whole = new MemoryStream();
        using var file = new SafetensorsFile(new MemorySpanSource(Adapter.Version0Bytes), "version0");
        AdapterVersionFile.Write(whole, AdapterVersionFile.Read(file, Adapter.Layout) with { Offsets = [offset] });
        var bytes = whole.ToArray();
        await _server.Blobs.PutAsync([bytes], CancellationToken.None);
        return Adapter.Spec("offsets", 1, 1, s => s["version0"] = TreeDigest.Of(bytes));
    }

    /// <summary>FedSA keeps B at each site; with one B for all, which starts at zero, nothing could be learnt.</summary>
    [Fact]
    public async Task Create_RuleThatNeverTrainsAZeroFactor_IsRefused()
    {
        var spec = Adapter.Spec("bad", 1, 1, s => s["product"] = "fedsa-lora");

        var refusal = await Assert.ThrowsAsync<FaultException>(() => _server.CreateAsync(Adapter, spec));

        Assert.Equal(Fault.StrategyRefused, refusal.Refusal.Fault);
        Assert.Contains("lora_B", refusal.Refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_server.Runs.All);
    }

    [Fact]
    public async Task Create_TakenName_IsRefused()
    {
        await _server.CreateAsync(Adapter, Adapter.Spec("taken", 1, 1));
        var refusal = await Assert.ThrowsAsync<FaultException>(() => _server.CreateAsync(Adapter, Adapter.Spec("taken", 2, 1)));
        Assert.Equal(Fault.RunExists, refusal.Refusal.Fault);
    }

    [Fact]
    public async Task Resume_AlteredSpec_IsRefusedWhileOthersGoOn()
    {
        await _server.CreateAsync(Adapter, Adapter.Spec("altered", 1, 1));
        await _server.CreateAsync(Adapter, Adapter.Spec("sound", 1, 1));
        var row = (await _server.Store.RunsAsync(CancellationToken.None))[0];
        await _server.Store.CommitAsync(
            [Federated.Server.Storage.Rows.RowChange.Update(row with { SpecJson = row.SpecJson.Replace("\"rounds\":1", "\"rounds\":9", StringComparison.Ordinal) })], CancellationToken.None);

        await using var restarted = new ServerKit(_server.Store, _server.Blobs, _server.Spools);
        await restarted.Runs.ResumeAsync(CancellationToken.None);

        Assert.Equal("sound", Assert.Single(restarted.Runs.All).Current.State.Run);
        Assert.Equal(Fault.SpecAltered, Assert.Throws<FaultException>(() => restarted.Runs.Get("altered")).Refusal.Fault);
    }

    [Fact]
    public async Task Resume_DamagedRecord_IsNamedWhileOthersGoOn()
    {
        await _server.CreateAsync(Adapter, Adapter.Spec("damaged", 1, 1));
        await _server.CreateAsync(Adapter, Adapter.Spec("phased", 1, 1));
        await _server.CreateAsync(Adapter, Adapter.Spec("sound", 1, 1));
        var rows = await _server.Store.RunsAsync(CancellationToken.None);
        await _server.Store.CommitAsync(
        [
            Federated.Server.Storage.Rows.RowChange.Update(rows[0] with { Version = 9 }),
            Federated.Server.Storage.Rows.RowChange.Update(rows[1] with { Phase = "dreaming" }),
        ], CancellationToken.None);

        await using var restarted = new ServerKit(_server.Store, _server.Blobs, _server.Spools);
        await restarted.Runs.ResumeAsync(CancellationToken.None);

        Assert.Equal("sound", Assert.Single(restarted.Runs.All).Current.State.Run);
        Assert.All((string[])["damaged", "phased"], r => Assert.Equal(Fault.RunDamaged, Assert.Throws<FaultException>(() => restarted.Runs.Get(r)).Refusal.Fault));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
