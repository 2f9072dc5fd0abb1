using Federated.Aggregators.Adapters;
using Federated.Protos.V1;
using Federated.Server.Runs;
using Federated.Server.Rounds;
using Server.Tests.Kit;

namespace Server.Tests.Rounds;

/// <summary>Every encoding that a run may name, through a running coordinator: its size on the wire, and the record that folds again to the same bytes.</summary>
public sealed class EncodingTests
{
    static readonly TestAdapter Adapter = new();

    [Theory]
    [InlineData("f32")]
    [InlineData("f16")]
    [InlineData("bf16")]
    [InlineData("i8")]
    [InlineData("nf4")]
    [InlineData("top-k")]
    public async Task Run_InAnEncoding_CountsItsBytesAndFoldsTheRecordAgain(string encoding)
    {
        await using var server = new ServerKit();
        var (loop, clients) = await RunAsync(server, "fedit", encoding);

        Assert.Equal(RoundPhase.Completed, loop.Current.State.Phase);
        var parts = await server.Store.ParticipationsAsync("encoded", null, CancellationToken.None);
        var header = clients[0].Update(Assignments(clients[0])[0]).Open.Header.Length;
        Assert.All(parts, p => Assert.InRange(p.BytesUp - Adapter.Layout.EncodedBytes(UpdateEncodings.Of(encoding)), header - 8, header + 8));
        Assert.True((await server.Replay.RunAsync(loop.Current.State, 2, null, CancellationToken.None)).Identical);
    }

    [Theory]
    [InlineData("fedit", "top-k", 1)]
    [InlineData("flexlora", "top-k", 2)]
    [InlineData("rolora", "nf4", 2)]
    [InlineData("fedit", "f16", 1)]
    public async Task Gauge_FromRoundToRound_ChangesWithPlanAndBasisOnly(string strategy, string encoding, int gauges)
    {
        await using var server = new ServerKit();
        var (_, clients) = await RunAsync(server, strategy, encoding);

        var seen = Assignments(clients[0]).Select(a => a.Gauge).ToList();
        Assert.Equal(gauges, seen.Distinct().Count());
        Assert.Equal(encoding == "f16", seen.All(g => g.Length == 0));
    }

    static async Task<(RoundLoop, List<SyntheticClient>)> RunAsync(ServerKit server, string strategy, string encoding)
    {
        var loop = await server.CreateAsync(Adapter, Adapter.Spec("encoded", 2, 2, s => (s["strategy"], s["encoding"], s["keepUpdates"]) = (strategy, encoding, true)));
        var clients = new[] { "a", "b" }.Select(id => new SyntheticClient(id, server.Wire, Adapter)).ToList();
        await Task.WhenAll(clients.Select(c => c.RunAsync(CancellationToken.None))).DefaultTimeout();
        return (loop, clients);
    }

    static List<Assignment> Assignments(SyntheticClient client) => [.. client.Heard.Select(m => m.Assignment).OfType<Assignment>()];
}
