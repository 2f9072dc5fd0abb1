using System.Collections.Concurrent;
using Federated.Server.Faults;
using Federated.Server.Rounds;
using Federated.Server.Storage;
using Server.Tests.Kit;

namespace Server.Tests.Rounds;

/// <summary>A round that waits for nothing but the disk is folded meanwhile; nobody hears of it before, and what comes otherwise than foreseen is folded as it came.</summary>
public sealed class EarlyFoldTests
{
    static readonly TestAdapter Adapter = new();

    [Fact]
    public async Task Updates_OnTheirWayToTheDisk_AreFoldedAndNobodyHearsOfIt()
    {
        var undisturbed = await PublishAsync(new HeldSpools());
        var spools = new HeldSpools();
        await using var server = new ServerKit(blobs: new NotedBlobs(spools), spools: spools);
        var loop = await server.CreateAsync(Adapter, Spec());
        var (early, shown) = (new ConcurrentBag<bool>(), new Lazy<Task<bool>>(() => IsShownAsync(loop)));
        spools.Hold = async _ =>
        {
            await spools.Written.Task.DefaultTimeout();
            early.Add(await shown.Value);
        };
        spools.Arm();

        await RunAsync(server, "a", "b");

        Assert.Equal([false, false], early);
        Assert.Equal(undisturbed, loop.Current.State.Version.ManifestDigest);
    }

    [Fact]
    public async Task Update_ThatTheDiskRefusesAfterItWasFolded_IsNotPublishedUntilItIsDurable()
    {
        var undisturbed = await PublishAsync(new HeldSpools());
        var spools = new HeldSpools();
        await using var server = new ServerKit(blobs: new NotedBlobs(spools), spools: spools);
        var loop = await server.CreateAsync(Adapter, Spec());
        var (refusals, shown) = (0, new Lazy<Task<bool>>(() => IsShownAsync(loop)));
        spools.Hold = async _ =>
        {
            await spools.Written.Task.DefaultTimeout();
            var wasShown = await shown.Value;
            if (Interlocked.Increment(ref refusals) > 2)
                return;
            Assert.False(wasShown);
            throw new IOException("No space left on device");
        };
        spools.Arm();

        await RunAsync(server, "a", "b");

        Assert.True(refusals > 2);
        Assert.Equal(undisturbed, loop.Current.State.Version.ManifestDigest);
    }

    [Fact]
    public async Task Fold_OfBytesThatNeverBecameDurable_IsNotTakenForThoseThatAreSentAgain()
    {
        var undisturbed = await PublishAsync(new HeldSpools());
        var spools = new HeldSpools();
        await using var server = new ServerKit(spools: spools);
        var loop = await server.CreateAsync(Adapter, Spec());
        var (reads, refusals, missed) = (0, 0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        spools.Reading = () =>
        {
            // Each of the two was examined once; now they are folded.
            if (Interlocked.Increment(ref reads) <= 2 || missed.Task.IsCompleted && Volatile.Read(ref refusals) >= 2)
                return;
            missed.TrySetResult();
            throw new FaultException(Fault.BlobNotFound, "It is gone.");
        };
        spools.Hold = async _ =>
        {
            await missed.Task.DefaultTimeout();
            if (Interlocked.Increment(ref refusals) <= 2)
                throw new IOException("No space left on device");
        };

        await RunAsync(server, "a", "b");

        Assert.Equal(undisturbed, loop.Current.State.Version.ManifestDigest);
        Assert.All(await server.Store.ParticipationsAsync("run", 1, CancellationToken.None), p => Assert.Equal(1, p.Attempt));
    }

    /// <summary>The first one closes the round as long as nobody else is durable before it.</summary>
    [Fact]
    public async Task Update_OvertakenByAnother_IsNotTheOneThatIsPublished()
    {
        var spools = new HeldSpools();
        await using var server = new ServerKit(blobs: new NotedBlobs(spools), spools: spools);
        var loop = await server.CreateAsync(Adapter, Adapter.Spec("run", 1, 2, s =>
        {
            s["cohort"]!["quorum"] = 1;
            s["keepUpdates"] = true;
        }));
        var first = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        spools.Hold = key => first.TrySetResult(key.Digest) ? loop.WaitAsync(s => s.Version.Version > 0, CancellationToken.None) : spools.Written.Task.DefaultTimeout();
        spools.Arm();

        await loop.SendAsync(new RoundCommand.Pause(), CancellationToken.None);
        var running = RunAsync(server, "a", "b");
        await loop.WaitAsync(s => s.Fleet.Count == 2, CancellationToken.None).DefaultTimeout();
        await loop.SendAsync(new RoundCommand.Resume(), CancellationToken.None);
        await running;
        await loop.WaitAsync(s => s.IsTerminal && s.Diagnoses.IsEmpty, CancellationToken.None).DefaultTimeout();

        var published = Assert.Single(await server.Store.ParticipationsAsync("run", 1, CancellationToken.None), p => p.State == "accepted");
        Assert.NotEqual(await first.Task, published.Digest);
        Assert.True((await server.Replay.RunAsync(loop.Current.State, 1, null, CancellationToken.None)).Identical);
    }

    /// <summary>Whether anything becomes visible for as long as it would take.</summary>
    static async Task<bool> IsShownAsync(RoundLoop loop)
    {
        var shown = loop.WaitAsync(s => s.AcceptedCount > 0 || s.Version.Version > 0, CancellationToken.None);
        await Task.WhenAny(shown, Task.Delay(TimeSpan.FromMilliseconds(200)));
        return shown.IsCompleted;
    }

    static byte[] Spec() => Adapter.Spec("run", 1, 2);

    static async Task<string> PublishAsync(HeldSpools spools)
    {
        await using var server = new ServerKit(spools: spools);
        var loop = await server.CreateAsync(Adapter, Spec());
        await RunAsync(server, "a", "b");
        return loop.Current.State.Version.ManifestDigest;
    }

    static Task RunAsync(ServerKit server, params string[] clients) =>
        Task.WhenAll(clients.Select(id => new SyntheticClient(id, server.Wire, Adapter).PersistAsync(CancellationToken.None))).DefaultTimeout();

    /// <summary>Spools whose disk takes its time.</summary>
    sealed class HeldSpools : IUpdateSpools
    {
        readonly MemorySpools _spools = new();

        public Func<SpoolKey, Task> Hold { get; set; } = _ => Task.CompletedTask;

        /// <summary>Completed by the first version that is written once it is armed.</summary>
        public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsArmed { get; private set; }

        public void Arm() => IsArmed = true;

        public async Task<ISpool> OpenAsync(SpoolKey key, long size, CancellationToken stopping) => new Held(await _spools.OpenAsync(key, size, stopping), () => Hold(key));

        public Action Reading { get; set; } = () => { };

        public IStoredBytes Read(SpoolKey key)
        {
            Reading();
            return _spools.Read(key);
        }

        public Task DeleteThroughAsync(string run, int round) => _spools.DeleteThroughAsync(run, round);

        sealed class Held(ISpool inner, Func<Task> hold) : ISpool
        {
            public long Offset => inner.Offset;

            public bool IsComplete => inner.IsComplete;

            public void Append(ReadOnlySpan<byte> bytes) => inner.Append(bytes);

            public bool Verify() => inner.Verify();

            public async Task FlushAsync(CancellationToken stopping)
            {
                await hold();
                await inner.FlushAsync(stopping);
            }

            public void Dispose() => inner.Dispose();
        }
    }

    sealed class NotedBlobs(HeldSpools spools) : IBlobStore
    {
        readonly MemoryBlobStore _inner = new();

        public long? Size(string digest) => _inner.Size(digest);

        public IBlobBatch Begin() => new Batch(_inner.Begin(), spools);

        public Task<bool> PutAsync(string digest, Stream body, CancellationToken stopping) => _inner.PutAsync(digest, body, stopping);

        public int Read(string digest, long offset, Span<byte> into) => _inner.Read(digest, offset, into);

        public ReadOnlyMemory<byte> ReadAll(string digest) => _inner.ReadAll(digest);

        public IStoredBytes Open(string digest) => _inner.Open(digest);

        sealed class Batch(IBlobBatch inner, HeldSpools spools) : IBlobBatch
        {
            public string Add(ReadOnlyMemory<byte> bytes) => inner.Add(bytes);

            public async Task CommitAsync(CancellationToken stopping)
            {
                await inner.CommitAsync(stopping);
                if (spools.IsArmed)
                    spools.Written.TrySetResult();
            }
        }
    }
}
