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
        var (operations, expected) = await RecordAsync(original);
        Assert.Contains(operations, o => o is Operation.Flush);
        var first = operations.FindIndex(o => o is Operation.Commit commit && commit.Changes.Any(c => c.Row is RunRow));

        for (var length = first + 1; length <= operations.Count; length++)
        {
            var prefix = operations.Take(length).ToList();
            var root = Path.Combine(_folder.Path, $"{length}");
            new DiskImage(prefix).WriteTo(root, original, powerCut);
            try
            {
                await RecoverAsync(root, prefix, expected);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Operation {length} of {operations.Count}, {prefix[^1]}, {(powerCut ? "power cut" : "kill")}.", e);
            }
            Directory.Delete(root, recursive: true);
        }
    }

    static async Task<(List<Operation> Operations, string Expected)> RecordAsync(string root)
    {
        var log = new OperationLog();
        log.CreateFolder(Path.Combine(root, "blobs"));
        log.CreateFolder(Path.Combine(root, "spools"));
        log.FlushFolder(root);
        var store = new LoggingRunStore(changes => log.Add(new Operation.Commit(changes)));
        await using var server = new ServerKit(store, new BlobStore(Path.Combine(root, "blobs"), log), new SpoolStore(Path.Combine(root, "spools"), disk: log));
        // Deleting what is no longer needed is no operation that recovery may depend on, so the recorded run keeps everything.
        await server.CreateAsync(Adapter, Adapter.Spec(Run, Rounds, Sites.Length, s => s["keepUpdates"] = true));
        await FinishAsync(server);
        return ([.. log.Operations], (await store.VersionAsync(Run, Rounds, CancellationToken.None))!.ManifestDigest);
    }

    static async Task RecoverAsync(string root, List<Operation> prefix, string expected)
    {
        var store = new LoggingRunStore();
        var commits = prefix.OfType<Operation.Commit>().ToList();
        foreach (var commit in commits)
            await store.CommitAsync(commit.Changes, CancellationToken.None);
        await using var server = new ServerKit(store, new BlobStore(Path.Combine(root, "blobs")), new SpoolStore(Path.Combine(root, "spools")));
        await server.Tokens.LoadAsync(CancellationToken.None);
        await server.Runs.ResumeAsync(CancellationToken.None);
        var clients = await FinishAsync(server);

        Assert.Equal(expected, (await store.VersionAsync(Run, Rounds, CancellationToken.None))?.ManifestDigest);
        foreach (var receipt in commits.SelectMany(c => c.Changes).Select(c => c.Row).OfType<ReceiptRow>())
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
