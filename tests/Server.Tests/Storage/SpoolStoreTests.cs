using Federated.Formats.Digests;
using Federated.Server.Faults;
using Federated.Server.Storage;
using Server.Tests.Kit;

namespace Server.Tests.Storage;

public sealed class SpoolStoreTests : SpoolContract, IDisposable
{
    readonly TemporaryFolder _folder = new();

    private protected override IUpdateSpools Open() => new SpoolStore(_folder.Path);

    [Fact]
    public async Task Open_AfterABreak_ResumesAtTheLastWholeLeaf()
    {
        using (var spool = await Open().OpenAsync(Key, Bytes.Length, CancellationToken.None))
            spool.Append(Bytes.AsSpan(0, 2 * TreeDigest.LeafBytes + 77));

        using (var resumed = await Open().OpenAsync(Key, Bytes.Length, CancellationToken.None))
        {
            Assert.Equal(2 * TreeDigest.LeafBytes, resumed.Offset);
            resumed.Append(Bytes.AsSpan((int)resumed.Offset));
            Assert.True(await resumed.CompleteAsync());
        }
        using var update = Open().Read(Key);
        Assert.True(update.Span(0, Bytes.Length).SequenceEqual(Bytes));
    }

    // A power cut may leave zeros where bytes had been written but not flushed.
    [Fact]
    public async Task Open_LeafLostByAPowerCut_IsFoundAtTheCloseAndSentAgain()
    {
        using (var spool = await Open().OpenAsync(Key, Bytes.Length, CancellationToken.None))
            spool.Append(Bytes.AsSpan(0, 2 * TreeDigest.LeafBytes));
        using (var part = File.OpenHandle(Directory.EnumerateFiles(_folder.Path, "*.part", SearchOption.AllDirectories).Single(), FileMode.Open, FileAccess.Write))
            RandomAccess.Write(part, new byte[4096], TreeDigest.LeafBytes);

        using (var resumed = await Open().OpenAsync(Key, Bytes.Length, CancellationToken.None))
        {
            resumed.Append(Bytes.AsSpan((int)resumed.Offset));
            Assert.False(await resumed.CompleteAsync());
        }
        await FillAsync(Open(), Bytes);
    }

    [Fact]
    public async Task Open_PartLongerThanTheUpdate_IsCutToIt()
    {
        using (var spool = await Open().OpenAsync(Key, Bytes.Length, CancellationToken.None))
            spool.Append(Bytes);
        using (var part = File.OpenHandle(Directory.EnumerateFiles(_folder.Path, "*.part", SearchOption.AllDirectories).Single(), FileMode.Open, FileAccess.Write))
            RandomAccess.Write(part, new byte[TreeDigest.LeafBytes * 2], Bytes.Length);

        using var resumed = await Open().OpenAsync(Key, Bytes.Length, CancellationToken.None);

        Assert.Equal(2 * TreeDigest.LeafBytes, resumed.Offset);
    }

    /// <summary>Slot and memory of a small update are used again, but not while somebody reads it.</summary>
    [Fact]
    public async Task Read_SmallOneDeletedMeanwhile_IsReadOn()
    {
        using var spools = new SpoolStore(_folder.Path);
        var first = await FillSmallAsync(spools, 1);
        using (var reading = spools.Read(first.Key))
        {
            // On one thread, whose memory the next update gets.
            var deleting = spools.DeleteThroughAsync("run", 1);
            await FillSmallAsync(spools, 2);
            await deleting;
            Assert.True(reading.Span(0, first.Bytes.Length).SequenceEqual(first.Bytes));
        }
        Assert.Equal(Fault.BlobNotFound, Assert.Throws<FaultException>(() => spools.Read(first.Key)).Refusal.Fault);
    }

    [Theory]
    [InlineData(300_000)]
    [InlineData(SmallSpools.MostBytes + 1)]
    public async Task Verified_ButNeverFlushed_IsNothing(int length)
    {
        using var spools = new SpoolStore(_folder.Path);
        var bytes = new byte[length];
        var key = new SpoolKey("run", 1, TreeDigest.Of(bytes));
        using (var spool = await spools.OpenAsync(key, length, CancellationToken.None))
        {
            spool.Append(bytes);
            Assert.True(spool.Verify());
        }

        Assert.Equal(Fault.BlobNotFound, Assert.Throws<FaultException>(() => spools.Read(key)).Refusal.Fault);
        using var again = await spools.OpenAsync(key, length, CancellationToken.None);
        Assert.False(again.IsComplete);
    }

    /// <summary>The run ends while an update is on its way to its slot, which must not be another one's already.</summary>
    [Fact]
    public async Task Flush_OfOneDeletedMeanwhile_WritesOverNoOther()
    {
        var bytes = new byte[300_000];
        var key = new SpoolKey("run", 1, TreeDigest.Of(bytes));
        (SpoolKey Key, byte[] Bytes) other;
        using (var spools = new SpoolStore(_folder.Path))
        {
            using var spool = await spools.OpenAsync(key, bytes.Length, CancellationToken.None);
            spool.Append(bytes);
            spool.Verify();
            await spools.DeleteThroughAsync("run", 1);
            other = await FillSmallAsync(spools, 2);

            await spool.FlushAsync(CancellationToken.None);
        }

        using var later = new SpoolStore(_folder.Path);
        using var update = later.Read(other.Key);
        Assert.True(update.Span(0, other.Bytes.Length).SequenceEqual(other.Bytes));
    }

    static async Task<(SpoolKey Key, byte[] Bytes)> FillSmallAsync(SpoolStore spools, int round)
    {
        var bytes = new byte[300_000];
        new Random(round).NextBytes(bytes);
        var key = new SpoolKey("run", round, TreeDigest.Of(bytes));
        using var spool = await spools.OpenAsync(key, bytes.Length, CancellationToken.None);
        spool.Append(bytes);
        Assert.True(await spool.CompleteAsync());
        return (key, bytes);
    }

    public void Dispose() => _folder.Dispose();
}
