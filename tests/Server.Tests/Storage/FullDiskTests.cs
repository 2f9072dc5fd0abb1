using Federated.Protos.V1;
using Federated.Server.Rounds;
using Federated.Server.Storage;
using Federated.Server.Storage.Rows;
using Server.Tests.Kit;

namespace Server.Tests.Storage;

/// <summary>A disk that fills and empties again under every store: whoever is refused may try again, and nothing accepted is lost.</summary>
public sealed class FullDiskTests
{
    static readonly TestAdapter Adapter = new();

    [Theory]
    [InlineData("blobs")]
    [InlineData("spools")]
    [InlineData("commits")]
    public async Task Run_DiskFullForAWhile_StillCompletesWithTheSameBytes(string where)
    {
        Assert.Equal(await PublishAsync(new Disk()), await PublishAsync(new Disk { Where = where, Failures = 5 }));
    }

    static async Task<string> PublishAsync(Disk disk)
    {
        await using var server = new ServerKit(new Commits(disk), new Blobs(disk), new Spools(disk));
        var loop = await server.CreateAsync(Adapter, Adapter.Spec("full", rounds: 2, cohort: 2));
        disk.Fill();
        using var done = new CancellationTokenSource();
        var clients = new[] { "a", "b" }.Select(id => new SyntheticClient(id, server.Wire, Adapter)).ToList();
        var work = clients.Select(c => c.PersistAsync(done.Token)).ToList();
        await loop.WaitAsync(s => s.Phase == RoundPhase.Completed, CancellationToken.None).DefaultTimeout();
        await done.CancelAsync();
        await Task.WhenAll(work.Select(w => w.ContinueWith(_ => { }, TaskScheduler.Default)));
        Assert.Equal(0, disk.Left);
        Assert.All(clients.SelectMany(c => c.Outcomes), o => Assert.Equal(UploadResult.Accepted, o.Result));
        return loop.Current.State.Version.ManifestDigest;
    }

    sealed class Disk
    {
        const int NoSpace = 28;

        int _left;

        public string Where { get; init; } = "";

        public int Failures { get; init; }

        public int Left => Math.Max(0, Volatile.Read(ref _left));

        public void Fill() => _left = Failures;

        public void Write(string what)
        {
            if (what == Where && Interlocked.Decrement(ref _left) >= 0)
                throw new IOException("No space left on device", NoSpace);
        }
    }

    sealed class Commits(Disk disk) : IRunStore
    {
        readonly MemoryRunStore _store = new();

        public Task CommitAsync(IReadOnlyList<RowChange> changes, CancellationToken stopping)
        {
            disk.Write("commits");
            return _store.CommitAsync(changes, stopping);
        }

        public Task<IReadOnlyList<RunRow>> RunsAsync(CancellationToken stopping) => _store.RunsAsync(stopping);

        public Task<IReadOnlyList<ClientRow>> ClientsAsync(CancellationToken stopping) => _store.ClientsAsync(stopping);

        public Task<IReadOnlyList<RoundRow>> RoundsAsync(string run, CancellationToken stopping) => _store.RoundsAsync(run, stopping);

        public Task<IReadOnlyList<ParticipationRow>> ParticipationsAsync(string run, int? round, CancellationToken stopping) => _store.ParticipationsAsync(run, round, stopping);

        public Task<IReadOnlyList<EvaluationRow>> EvaluationsAsync(string run, CancellationToken stopping) => _store.EvaluationsAsync(run, stopping);

        public Task<PlanRow?> PlanAsync(string run, int round, int attempt, CancellationToken stopping) => _store.PlanAsync(run, round, attempt, stopping);

        public Task<VersionRow?> VersionAsync(string run, int version, CancellationToken stopping) => _store.VersionAsync(run, version, stopping);

        public Task<IReadOnlyList<LedgerRow>> LedgerAsync(string run, CancellationToken stopping) => _store.LedgerAsync(run, stopping);

        public Task<ReceiptRow?> ReceiptAsync(string run, string assignment, CancellationToken stopping) => _store.ReceiptAsync(run, assignment, stopping);

        public Task<IReadOnlyList<EventRow>> EventsAsync(long after, int limit, string? run, CancellationToken stopping) => _store.EventsAsync(after, limit, run, stopping);

        public long LastEvent => _store.LastEvent;

        public Task WaitForEventAsync(long after, CancellationToken stopping) => _store.WaitForEventAsync(after, stopping);
    }

    sealed class Blobs(Disk disk) : IBlobStore
    {
        readonly MemoryBlobStore _store = new();

        public long? Size(string digest) => _store.Size(digest);

        public IBlobBatch Begin() => new Batch(_store.Begin(), disk);

        public Task<bool> PutAsync(string digest, Stream body, CancellationToken stopping) => _store.PutAsync(digest, body, stopping);

        public int Read(string digest, long offset, Span<byte> into) => _store.Read(digest, offset, into);

        public ReadOnlyMemory<byte> ReadAll(string digest) => _store.ReadAll(digest);

        public IStoredBytes Open(string digest) => _store.Open(digest);
    }

    sealed class Batch(IBlobBatch inner, Disk disk) : IBlobBatch
    {
        public string Add(ReadOnlyMemory<byte> bytes) => inner.Add(bytes);

        public Task CommitAsync(CancellationToken stopping)
        {
            disk.Write("blobs");
            return inner.CommitAsync(stopping);
        }
    }

    sealed class Spools(Disk disk) : IUpdateSpools
    {
        readonly MemorySpools _spools = new();

        public async Task<ISpool> OpenAsync(SpoolKey key, long size, CancellationToken stopping) => new Spool(await _spools.OpenAsync(key, size, stopping), disk);

        public IStoredBytes Read(SpoolKey key) => _spools.Read(key);

        public Task DeleteThroughAsync(string run, int round) => _spools.DeleteThroughAsync(run, round);
    }

    sealed class Spool(ISpool inner, Disk disk) : ISpool
    {
        public long Offset => inner.Offset;

        public bool IsComplete => inner.IsComplete;

        public void Append(ReadOnlySpan<byte> bytes)
        {
            disk.Write("spools");
            inner.Append(bytes);
        }

        public bool Verify() => inner.Verify();

        public Task FlushAsync(CancellationToken stopping) => inner.FlushAsync(stopping);

        public void Dispose() => inner.Dispose();
    }
}
