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
            Assert.True(await resumed.CompleteAsync(CancellationToken.None));
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
            Assert.False(await resumed.CompleteAsync(CancellationToken.None));
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

    static async Task<(SpoolKey Key, byte[] Bytes)> FillSmallAsync(SpoolStore spools, int round)
    {
        var bytes = new byte[300_000];
        new Random(round).NextBytes(bytes);
        var key = new SpoolKey("run", round, TreeDigest.Of(bytes));
        using var spool = await spools.OpenAsync(key, bytes.Length, CancellationToken.None);
        spool.Append(bytes);
        Assert.True(await spool.CompleteAsync(CancellationToken.None));
        return (key, bytes);
    }

    public void Dispose() => _folder.Dispose();
}
