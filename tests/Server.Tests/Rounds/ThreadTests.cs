using Federated.Server.Rounds;
using Server.Tests.Kit;

namespace Server.Tests.Rounds;

public sealed class ThreadTests
{
    [Theory]
    [InlineData("fedit")]
    [InlineData("lora-fair")]
    public async Task Run_OneTwoAndSevenThreads_PublishTheSameBytes(string strategy)
    {
        var one = await PublishAsync(strategy, threads: 1);

        Assert.Equal(one, await PublishAsync(strategy, threads: 2));
        Assert.Equal(one, await PublishAsync(strategy, threads: 7));
    }

    static async Task<string> PublishAsync(string strategy, int threads)
    {
        await using var server = new ServerKit(threads: threads);
        var adapter = new TestAdapter(modules: 3, width: 192, rank: 8);
        var loop = await server.CreateAsync(adapter, adapter.Spec("threads", rounds: 4, cohort: 3, s => s["strategy"] = strategy));
        var clients = new[] { "a", "b", "c" }.Select((id, i) => new SyntheticClient(id, server.Wire, adapter) { Samples = (ulong)(10 + 7 * i), Scale = 1f });
        await Task.WhenAll(clients.Select(c => c.RunAsync(CancellationToken.None))).DefaultTimeout();
        Assert.Equal(RoundPhase.Completed, loop.Current.State.Phase);
        return loop.Current.State.Version.ManifestDigest;
    }
}
