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

    sealed class LoggingRunStore : IRunStore
    {
        readonly MemoryRunStore _store = new();

        public List<IReadOnlyList<RowChange>> Commits { get; } = [];

        public async Task CommitAsync(IReadOnlyList<RowChange> changes, CancellationToken stopping)
        {
            await _store.CommitAsync(changes, stopping);
            lock (Commits)
                Commits.Add(changes);
        }

        public Task<IReadOnlyList<RunRow>> RunsAsync(CancellationToken stopping) => _store.RunsAsync(stopping);

        public Task<IReadOnlyList<ClientRow>> ClientsAsync(CancellationToken stopping) => _store.ClientsAsync(stopping);

        public Task<IReadOnlyList<RoundRow>> RoundsAsync(string run, CancellationToken stopping) => _store.RoundsAsync(run, stopping);

        public Task<IReadOnlyList<ParticipationRow>> ParticipationsAsync(string run, int? round, CancellationToken stopping) => _store.ParticipationsAsync(run, round, stopping);

        public Task<IReadOnlyList<EvaluationRow>> EvaluationsAsync(string run, CancellationToken stopping) => _store.EvaluationsAsync(run, stopping);

        public Task<PlanRow?> PlanAsync(string run, int round, int attempt, CancellationToken stopping) => _store.PlanAsync(run, round, attempt, stopping);

        public Task<VersionRow?> VersionAsync(string run, int version, CancellationToken stopping) => _store.VersionAsync(run, version, stopping);

        public Task<ReceiptRow?> ReceiptAsync(string run, string assignment, CancellationToken stopping) => _store.ReceiptAsync(run, assignment, stopping);

        public Task<IReadOnlyList<EventRow>> EventsAsync(long after, int limit, string? run, CancellationToken stopping) => _store.EventsAsync(after, limit, run, stopping);

        public Task WaitForEventAsync(long after, CancellationToken stopping) => _store.WaitForEventAsync(after, stopping);
    }

    // A restart begins from spools that a later commit of the first life had already deleted.
    sealed class KeptSpools : IUpdateSpools
    {
        readonly MemorySpools _spools = new();

        public Task<ISpool> OpenAsync(SpoolKey key, long size, CancellationToken stopping) => _spools.OpenAsync(key, size, stopping);

        public IUpdateBytes Read(SpoolKey key) => _spools.Read(key);

        public void DeleteThrough(string run, int round)
        {
        }
    }
}
