using Federated.Server.Rounds;
using Federated.Server.Storage;
using Federated.Server.Storage.Rows;
using Server.Tests.Kit;

namespace Server.Tests.Crash;

/// <summary>
/// A run's commits, enumerated: the server is restarted after each of them, with the blobs and spools that were durable then, and must
/// come to the same end.
/// </summary>
public sealed class PrefixTests
{
    const string Run = "prefix";

    static readonly TestAdapter Adapter = new();

    [Fact]
    public async Task Restart_AfterEveryCommit_PublishesTheSameBytes()
    {
        var log = new LoggingRunStore();
        var (blobs, spools) = (new MemoryBlobStore(), new KeptSpools());
        await using (var server = new ServerKit(log, blobs, spools))
        {
            await server.CreateAsync(Adapter, Spec());
            await FinishAsync(server);
        }
        var expected = (await log.VersionAsync(Run, 3, CancellationToken.None))!.ManifestDigest;
        Assert.InRange(log.Commits.Count, 10, 40);

        for (var prefix = FirstOfRun(log); prefix < log.Commits.Count; prefix++)
        {
            var store = new LoggingRunStore();
            foreach (var commit in log.Commits.Take(prefix + 1))
                await store.CommitAsync(commit, CancellationToken.None);
            await using var server = new ServerKit(store, blobs, spools);
            await server.Tokens.LoadAsync(CancellationToken.None);
            await server.Runs.ResumeAsync(CancellationToken.None);
            await FinishAsync(server);
            Assert.Equal(expected, (await store.VersionAsync(Run, 3, CancellationToken.None))?.ManifestDigest);
            foreach (var receipt in log.Commits.Take(prefix + 1).SelectMany(c => c).Select(c => c.Row).OfType<ReceiptRow>())
                Assert.Equal(receipt, await store.ReceiptAsync(Run, receipt.AssignmentId, CancellationToken.None));
        }
    }

    static byte[] Spec() => Adapter.Spec(Run, rounds: 3, cohort: 3, s => s["strategy"] = "fedit");

    static int FirstOfRun(LoggingRunStore log) => log.Commits.FindIndex(c => c.Any(r => r.Row is RunRow));

    static async Task FinishAsync(ServerKit server)
    {
        var loop = server.Runs.Get(Run);
        using var done = new CancellationTokenSource();
        var clients = new[] { "a", "b", "c" }.Select(id => new SyntheticClient(id, server.Wire, Adapter).PersistAsync(done.Token)).ToList();
        await loop.WaitAsync(s => s.Phase == RoundPhase.Completed, CancellationToken.None).DefaultTimeout();
        await done.CancelAsync();
        await Task.WhenAll(clients.Select(c => c.ContinueWith(_ => { }, TaskScheduler.Default))).DefaultTimeout();
    }
}
