using Federated.Server.Rounds;
using Federated.Server.Storage;
using Federated.Server.Storage.Rows;
using Server.Tests.Kit;

namespace Server.Tests.Crash;

/// <summary>
/// Every operation on disk and database of a run, enumerated: the server is started from each prefix of them, as a kill would leave it
/// and as a power cut would, and must come to the same published bytes without asking again for what it had accepted.
/// </summary>
public sealed class OperationLogTests : IDisposable
{
    const string Run = "logged";
    const int Rounds = 2;

    static readonly string[] Sites = ["a", "b", "c"];
    static readonly TestAdapter Adapter = new();

    readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restart_AfterEveryOperation_PublishesTheSameBytes(bool powerCut)
    {
        var original = Path.Combine(_folder.Path, "original");
        var (operations, versions) = await RecordAsync(original, _ => { });
        Assert.Contains(operations, o => o is Operation.Flush);

        await EnumerateAsync(original, operations, powerCut, async (server, _) =>
            Assert.Equal(versions[^1].ManifestDigest, (await server.Store.VersionAsync(Run, Rounds, CancellationToken.None))?.ManifestDigest));
    }

    /// <summary>What an asynchronous run publishes depends on when updates come, so it is held against its record: what was published or frozen stays, and every round folds again to its bytes.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restart_AfterEveryOperationOfAnAsynchronousRun_PublishesWhatTheRecordSays(bool powerCut)
    {
        var original = Path.Combine(_folder.Path, "original");
        var (operations, versions) = await RecordAsync(original, s =>
        {
            s["strategy"] = "fedbuff";
            s["cohort"]!["quorum"] = 2;
            s["asynchrony"] = new System.Text.Json.Nodes.JsonObject { ["mode"] = "asynchronous" };
        });

        await EnumerateAsync(original, operations, powerCut, async (server, commits) =>
        {
            foreach (var version in versions.Take(commits.OfType<RoundRow>().Where(r => r.AcceptedSetDigest is not null).Select(r => r.Round).DefaultIfEmpty(0).Max() + 1))
                Assert.Equal(version.ManifestDigest, (await server.Store.VersionAsync(Run, version.Version, CancellationToken.None))?.ManifestDigest);
            for (var round = 1; round <= Rounds; round++)
                Assert.True((await server.Replay.RunAsync(server.Runs.Get(Run).Current.State, round, null, CancellationToken.None)).Identical, $"Round {round} is not what its record says.");
        });
    }

    async Task EnumerateAsync(string original, List<Operation> operations, bool powerCut, Func<ServerKit, IEnumerable<IRow>, Task> judge)
    {
        var first = operations.FindIndex(o => o is Operation.Commit commit && commit.Changes.Any(c => c.Row is RunRow));
        for (var length = first + 1; length <= operations.Count; length++)
        {
            var prefix = operations.Take(length).ToList();
            var root = Path.Combine(_folder.Path, $"{length}");
            new DiskImage(prefix).WriteTo(root, original, powerCut);
            try
            {
                await RecoverAsync(root, prefix, judge);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Operation {length} of {operations.Count}, {prefix[^1]}, {(powerCut ? "power cut" : "kill")}.", e);
            }
        }
    }

    static async Task<(List<Operation> Operations, List<VersionRow> Versions)> RecordAsync(string root, Action<System.Text.Json.Nodes.JsonObject> change)
    {
        var log = new OperationLog();
        log.CreateFolder(Path.Combine(root, "blobs"));
        log.CreateFolder(Path.Combine(root, "spools"));
        log.FlushFolder(root);
        var blobs = new BlobStore(Path.Combine(root, "blobs"), log);
        var store = new LoggingRunStore(changes => log.Add(new Operation.Commit(changes)));
        await using var server = new ServerKit(store, blobs, new SpoolStore(Path.Combine(root, "spools"), disk: log));
        // Deleting what is no longer needed is no operation that recovery may depend on, so the recorded run keeps everything.
        await server.CreateAsync(Adapter, Adapter.Spec(Run, Rounds, Sites.Length, s =>
        {
            s["keepUpdates"] = true;
            change(s);
        }));
        await FinishAsync(server);
        var versions = new List<VersionRow>();
        for (var version = 0; version <= Rounds; version++)
            versions.Add((await store.VersionAsync(Run, version, CancellationToken.None))!);
        await blobs.SettleAsync(CancellationToken.None);
        return ([.. log.Operations], versions);
    }

    static async Task RecoverAsync(string root, List<Operation> prefix, Func<ServerKit, IEnumerable<IRow>, Task> judge)
    {
        var store = new LoggingRunStore();
        var rows = prefix.OfType<Operation.Commit>().SelectMany(c => c.Changes).Select(c => c.Row).ToList();
        foreach (var commit in prefix.OfType<Operation.Commit>())
            await store.CommitAsync(commit.Changes, CancellationToken.None);
        await using var server = new ServerKit(store, new BlobStore(Path.Combine(root, "blobs")), new SpoolStore(Path.Combine(root, "spools")));
        await server.Tokens.LoadAsync(CancellationToken.None);
        await server.Runs.ResumeAsync(CancellationToken.None);
        var clients = await FinishAsync(server);

        await judge(server, rows);
        foreach (var receipt in rows.OfType<ReceiptRow>())
        {
            Assert.Equal(receipt, await store.ReceiptAsync(Run, receipt.AssignmentId, CancellationToken.None));
            Assert.DoesNotContain(clients.SelectMany(c => c.Heard), m => m.Assignment?.AssignmentId == receipt.AssignmentId);
        }
    }

    static async Task<IReadOnlyList<SyntheticClient>> FinishAsync(ServerKit server)
    {
        var loop = server.Runs.Get(Run);
        using var done = new CancellationTokenSource();
        var clients = Sites.Select(id => new SyntheticClient(id, server.Wire, Adapter)).ToList();
        var running = clients.Select(c => c.PersistAsync(done.Token)).ToList();
        await loop.WaitAsync(s => s.Phase == RoundPhase.Completed, CancellationToken.None).DefaultTimeout();
        await done.CancelAsync();
        await Task.WhenAll(running.Select(r => r.ContinueWith(_ => { }, TaskScheduler.Default))).DefaultTimeout();
        return clients;
    }

    public void Dispose() => _folder.Dispose();
}
