using System.Text.Json.Nodes;
using Federated.Formats.Digests;
using Federated.Server.Faults;
using Federated.Server.Rounds;
using Federated.Server.Storage;
using Server.Tests.Kit;

namespace Server.Tests.Storage;

public sealed class CorruptSpoolTests : IDisposable
{
    static readonly TestAdapter Adapter = new();

    readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Read_BytesThatChangedSinceAnEarlierProcess_AreRefusedAndCanBeSentAgain()
    {
        var bytes = Synthetic.Values(1, 600_000, 1).SelectMany(BitConverter.GetBytes).ToArray();
        var key = new SpoolKey("run", 1, TreeDigest.Of(bytes));
        using (var spool = await new SpoolStore(_folder.Path).OpenAsync(key, bytes.Length, CancellationToken.None))
        {
            spool.Append(bytes);
            Assert.True(await spool.CompleteAsync());
        }
        using (var sound = new SpoolStore(_folder.Path).Read(key))
            Assert.Equal(bytes.Length, sound.Length);
        Flip(Assert.Single(Directory.GetFiles(_folder.Path, "*.update", SearchOption.AllDirectories)));
        var store = new SpoolStore(_folder.Path);

        Assert.Equal(Fault.SpoolCorrupt, Assert.Throws<FaultException>(() => store.Read(key)).Refusal.Fault);

        using var again = await store.OpenAsync(key, bytes.Length, CancellationToken.None);
        Assert.Equal((0, false), (again.Offset, again.IsComplete));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    public async Task Open_BeyondTheQuota_IsRefusedUntilThereIsRoom(int scale)
    {
        using var store = new SpoolStore(_folder.Path, quotaBytes: 1_000 * scale);
        var bytes = new byte[900 * scale];
        using (var spool = await store.OpenAsync(new SpoolKey("run", 1, TreeDigest.Of(bytes)), bytes.Length, CancellationToken.None))
        {
            spool.Append(bytes);
            Assert.True(await spool.CompleteAsync());
        }

        var refusal = await Assert.ThrowsAsync<FaultException>(() => store.OpenAsync(new SpoolKey("run", 2, new string('b', 64)), 200 * scale, CancellationToken.None));
        Assert.Equal(Fault.SpoolQuota, refusal.Refusal.Fault);
        await store.DeleteThroughAsync("run", 1);

        (await store.OpenAsync(new SpoolKey("run", 2, new string('b', 64)), 200 * scale, CancellationToken.None)).Dispose();
    }

    /// <summary>One of three accepted updates is damaged before the fold: its client is asked again, the other two are not.</summary>
    [Fact]
    public async Task Fold_WithADamagedUpdate_AsksItsClientAgainAndKeepsTheOthers()
    {
        var (store, blobs) = (new MemoryRunStore(), new MemoryBlobStore());
        using (var spools = new SpoolStore(_folder.Path))
        await using (var first = new ServerKit(store, blobs, spools))
        {
            var loop = await first.CreateAsync(Adapter, Adapter.Spec("run", 1, 3, s => s["cohort"] = new JsonObject { ["size"] = 3, ["quorum"] = 3, ["minimum"] = 3 }));
            foreach (var id in new[] { "a", "b" })
                _ = new SyntheticClient(id, first.Wire, Adapter).RunAsync(CancellationToken.None);
            await loop.WaitAsync(s => s.Fleet.Count == 2, CancellationToken.None).DefaultTimeout();
            _ = new SyntheticClient("c", first.Wire, Adapter) { BeforeTraining = _ => new TaskCompletionSource().Task }.RunAsync(CancellationToken.None);
            await loop.WaitAsync(s => s.AcceptedCount == 2, CancellationToken.None).DefaultTimeout();
        }
        Flip(Path.Combine(_folder.Path, ".slots"), 500);
        using var after = new SpoolStore(_folder.Path);
        await using var second = new ServerKit(store, blobs, after);
        await second.Tokens.LoadAsync(CancellationToken.None);
        await second.Runs.ResumeAsync(CancellationToken.None);
        var clients = new[] { "a", "b", "c" }.Select(id => new SyntheticClient(id, second.Wire, Adapter)).ToList();

        await Task.WhenAll(clients.Select(c => c.RunAsync(CancellationToken.None))).DefaultTimeout();

        Assert.Equal(RoundPhase.Completed, second.Runs.Get("run").Current.State.Phase);
        var events = await store.EventsAsync(0, 100, "run", CancellationToken.None);
        Assert.Equal("F411", Assert.Single(events, e => e.Kind == "attempt-failed").Code);
        Assert.Equal(1, clients[0].Outcomes.Count + clients[1].Outcomes.Count);
    }

    static void Flip(string path, long? at = null)
    {
        // The session that received it may still be letting go of it.
        using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        file.Position = at ?? file.Length / 2;
        var was = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(was ^ 1));
    }

    public void Dispose() => _folder.Dispose();
}
