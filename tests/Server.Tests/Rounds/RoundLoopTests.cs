using Federated.Server.Rounds;
using Federated.Server.Storage.Rows;
using Server.Tests.Crash;
using Server.Tests.Kit;

namespace Server.Tests.Rounds;

public sealed class RoundLoopTests
{
    static readonly TestAdapter Adapter = new();

    /// <summary>A commit takes as long as it takes: until it is there nobody is told of what it holds.</summary>
    [Fact]
    public async Task Accepted_WhileTheCommitIsPending_IsNeitherAnsweredNorShown()
    {
        var store = new LoggingRunStore();
        await using var server = new ServerKit(store);
        var loop = await server.CreateAsync(Adapter, Adapter.Spec("slow", rounds: 1, cohort: 1));
        var client = new SyntheticClient("a", server.Wire, Adapter);
        var shown = loop.WaitAsync(s => s.AcceptedCount > 0 || s.Version.Version > 0, CancellationToken.None);
        var early = false;
        store.Before = async changes =>
        {
            if (!changes.Any(c => c.Row is ReceiptRow))
                return;
            await Task.WhenAny(shown, Task.Delay(TimeSpan.FromMilliseconds(200)));
            early = shown.IsCompleted || client.Outcomes.Count > 0;
        };

        await client.RunAsync(CancellationToken.None).DefaultTimeout();

        Assert.False(early);
        Assert.Single(client.Outcomes);
    }
}
