using Federated.Formats.Digests;
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

    public void Dispose() => _folder.Dispose();
}
