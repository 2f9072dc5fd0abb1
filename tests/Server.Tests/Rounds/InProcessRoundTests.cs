using Federated.Server.Rounds;
using Server.Tests.Kit;

namespace Server.Tests.Rounds;

public sealed class InProcessRoundTests
{
    [Fact]
    public async Task Run_TwoClientsThreeRounds_CompletesWithThreeVersions()
    {
        await using var server = new ServerKit();
        var adapter = new TestAdapter();
        var loop = await server.CreateAsync(adapter, adapter.Spec("first", rounds: 3, cohort: 2));
        var clients = new[] { "site-a", "site-b" }.Select(id => new SyntheticClient(id, server.Wire, adapter)).ToList();

        await Task.WhenAll(clients.Select(c => c.RunAsync(CancellationToken.None))).DefaultTimeout();

        Assert.Equal(RoundPhase.Completed, loop.Current.State.Phase);
        Assert.Equal(3, loop.Current.State.Version.Version);
        Assert.All(clients, c => Assert.Equal(3, c.Outcomes.Count(o => o.Result == Federated.Protos.V1.UploadResult.Accepted)));
        var rounds = await server.Store.RoundsAsync("first", CancellationToken.None);
        Assert.Equal([0, 1, 2, 3], rounds.Select(r => r.Round));
        string[] round = ["round-started", "update-accepted", "update-accepted", "round-collected", "version-published"];
        // Which rounds are diagnosed is a matter of time: see DiagnosisTests.
        Assert.Equal(["run-created", .. round, .. round, .. round, "run-completed"], (await server.Store.EventsAsync(0, 100, "first", CancellationToken.None)).Select(e => e.Kind).Where(k => k is not ("round-diagnosed" or "round-not-diagnosed")));
    }
}
