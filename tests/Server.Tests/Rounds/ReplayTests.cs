using Federated.Server.Faults;
using Federated.Server.Rounds;
using Server.Tests.Kit;

namespace Server.Tests.Rounds;

/// <summary>A recorded round folded again: the same strategy gives the published bytes, another says how far it lies off.</summary>
public sealed class ReplayTests : IAsyncDisposable
{
    static readonly TestAdapter Adapter = new();

    readonly ServerKit _server = new();

    [Theory]
    [InlineData("lora-fair")]
    [InlineData("flora")]
    [InlineData("rolora")]
    public async Task Replay_OwnStrategy_GivesThePublishedBytes(string strategy)
    {
        var run = await RunAsync(strategy, keep: true);
        for (var round = 1; round <= 3; round++)
        {
            var report = await _server.Replay.RunAsync(run, round, null, CancellationToken.None);

            Assert.True(report.Identical);
            Assert.All(report.Groups, g => Assert.Equal((0, g.RecordedChange), (g.Difference, g.ReplayedChange)));
            Assert.All(report.Groups, g => Assert.True(g.RecordedChange > 0));
        }
    }

    [Fact]
    public async Task Replay_AnotherStrategy_DiffersWhereTheRulesDo()
    {
        var run = await RunAsync("fedit", keep: true);

        var report = await _server.Replay.RunAsync(run, 2, "flora", CancellationToken.None);

        Assert.Equal(("fedit", "flora", false), (report.Recorded, report.Strategy, report.Identical));
        Assert.All(report.Groups.Where(g => g.Group != "classifier"), g => Assert.InRange(g.Difference, 1e-6, g.RecordedChange + g.ReplayedChange));
        Assert.Equal(0, report.Groups.Single(g => g.Group == "classifier").Difference);
    }

    [Fact]
    public async Task Replay_WhatCannotBe_IsRefusedByName()
    {
        var run = await RunAsync("fedit", keep: false);
        async Task<Fault> Refused(int round, string? strategy = null) =>
            (await Assert.ThrowsAsync<FaultException>(() => _server.Replay.RunAsync(run, round, strategy, CancellationToken.None))).Refusal.Fault;

        Assert.Equal(Fault.UpdatesGone, await Refused(1));
        Assert.Equal(Fault.VersionNotFound, await Refused(9));
        Assert.Equal(Fault.VersionNotFound, await Refused(0));
        Assert.Equal(Fault.StrategyRefused, await Refused(1, "no-such-bundle"));
    }

    async Task<RoundState> RunAsync(string strategy, bool keep)
    {
        var loop = await _server.CreateAsync(Adapter, Adapter.Spec("run", 3, 2, s => { s["strategy"] = strategy; s["keepUpdates"] = keep; }));
        await Task.WhenAll(new[] { "a", "b" }.Select(id => new SyntheticClient(id, _server.Wire, Adapter).RunAsync(CancellationToken.None))).DefaultTimeout();
        await loop.WaitAsync(s => s.Diagnoses.IsEmpty, CancellationToken.None).DefaultTimeout();
        // Whatever the loop does about its last commit it has done before it answers again.
        await loop.SendAsync(new RoundCommand.Tick(), CancellationToken.None).DefaultTimeout();
        return loop.Current.State;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
