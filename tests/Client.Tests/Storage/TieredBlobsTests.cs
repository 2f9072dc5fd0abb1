using Federated.Client.Storage;
using Federated.Client.Tests.Support;
using Federated.Formats.Digests;

namespace Federated.Client.Tests.Storage;

public sealed class TieredBlobsTests : IDisposable
{
    const int Capacity = 3 * TieredBlobs.SmallBytes;

    static readonly byte[] Large = Bytes(1, 2 * TieredBlobs.SmallBytes), Small = Bytes(2, TieredBlobs.SmallBytes);

    readonly TestFolder _folder = new();

    [Fact]
    public void Complete_SmallBlob_LeavesNoFile()
    {
        var shelf = Shelf();
        Download(shelf, Small);
        Assert.Equal(Small, Found(shelf, Small));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Complete_LargeBlob_IsAFileThatTheNextProcessFinds()
    {
        Download(Shelf(), Large);
        Assert.Equal(Large, Found(Shelf(), Large));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(TieredBlobs.SmallBytes)]
    [InlineData(TieredBlobs.SmallBytes + 1)]
    public void Write_InPiecesOfAnySize_GivesTheSameBytes(int piece)
    {
        var shelf = Shelf();
        Download(shelf, Large, piece);
        Download(shelf, Small, piece);
        Assert.Equal(Large, Found(shelf, Large));
        Assert.Equal(Small, Found(shelf, Small));
    }

    [Fact]
    public void Complete_MoreSmallOnesThanFit_KeepsAllOfThemInMemoryOrAsFiles()
    {
        var shelf = Shelf();
        byte[][] many = [.. Enumerable.Range(0, 8).Select(i => Bytes(i, TieredBlobs.SmallBytes))];
        foreach (var blob in many)
            Download(shelf, blob);
        Assert.All(many, blob => Assert.Equal(blob, Found(shelf, blob)));
        Assert.Equal(many[3..].Select(b => TreeDigest.Of(b)).Order(), Directory.GetFiles(_folder.Path).Select(f => Path.GetFileName(f)!).Order());
    }

    [Fact]
    public void Put_MoreSmallOnesThanFitAndALargeOne_KeepsThemInMemoryOrAsFiles()
    {
        var shelf = Shelf();
        byte[][] many = [.. Enumerable.Range(0, 4).Select(i => Bytes(i, TieredBlobs.SmallBytes)), Large];
        foreach (var blob in many)
            shelf.Put(TreeDigest.Of(blob), blob);
        Assert.All(many, blob => Assert.Equal(blob, Found(shelf, blob)));
        Assert.Equal(many[3..].Select(b => TreeDigest.Of(b)).Order(), Directory.GetFiles(_folder.Path).Select(f => Path.GetFileName(f)!).Order());
    }

    [Fact]
    public void Put_OverALargerOneThatWasDropped_HoldsNothingOfIt()
    {
        var folder = new BlobFolder(_folder.Path, 100 << 20, TimeProvider.System);
        folder.Put(TreeDigest.Of(Large), Large);
        folder.Drop(TreeDigest.Of(Large));
        folder.Put(TreeDigest.Of(Small), Small);
        Assert.Equal(Small, File.ReadAllBytes(Directory.GetFiles(_folder.Path).Single()));
    }

    [Fact]
    public void Drop_MakesRoomInMemory()
    {
        var shelf = Shelf();
        for (var i = 0; i < 100; i++)
        {
            Download(shelf, Bytes(i, TieredBlobs.SmallBytes));
            shelf.Drop(TreeDigest.Of(Bytes(i, TieredBlobs.SmallBytes)));
        }
        Assert.False(shelf.Has(TreeDigest.Of(Bytes(0, TieredBlobs.SmallBytes))));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void OpenPart_OfALargeOneThatBrokeOff_GoesOnInTheNextProcess()
    {
        var digest = TreeDigest.Of(Large);
        using (var part = Shelf().OpenPart(digest))
            part.Write(Large.AsSpan(0, Large.Length - 10));
        var next = Shelf();
        Assert.Equal(Large.Length - 10, next.PartLength(digest));
        Download(next, Large);
        Assert.Equal(Large, Found(next, Large));
    }

    [Fact]
    public void OpenPart_OfASmallOneThatBrokeOff_GoesOnWhereItStopped()
    {
        var (shelf, digest) = (Shelf(), TreeDigest.Of(Small));
        using (var part = shelf.OpenPart(digest))
            part.Write(Small.AsSpan(0, 5000));
        Assert.Equal(5000, shelf.PartLength(digest));
        Download(shelf, Small);
        Assert.Equal(Small, Found(shelf, Small));
    }

    [Fact]
    public void DropPart_BeginsAgain()
    {
        var (shelf, digest) = (Shelf(), TreeDigest.Of(Small));
        using (var part = shelf.OpenPart(digest))
            part.Write(new byte[7]);
        shelf.DropPart(digest);
        Assert.Equal(0, shelf.PartLength(digest));
        Download(shelf, Small);
        Assert.Equal(Small, Found(shelf, Small));
    }

    [Fact]
    public void OpenPart_ManyThatBrokeOff_KeepsTheNewest()
    {
        var shelf = Shelf();
        for (var i = 0; i < 1000; i++)
        {
            using var part = shelf.OpenPart(TreeDigest.Of([(byte)i, (byte)(i >> 8)]));
            part.Write(new byte[100]);
        }
        Assert.Equal(0, shelf.PartLength(TreeDigest.Of([0, 0])));
        Assert.Equal(100, shelf.PartLength(TreeDigest.Of([unchecked((byte)999), 999 >> 8])));
    }

    public void Dispose() => _folder.Dispose();

    TieredBlobs Shelf() => new(new BlobMemory(Capacity), new BlobFolder(_folder.Path, 100 << 20, TimeProvider.System));

    static byte[] Bytes(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    static void Download(TieredBlobs shelf, byte[] blob, int piece = 1 << 16)
    {
        var digest = TreeDigest.Of(blob);
        using (var part = shelf.OpenPart(digest))
        {
            var at = (int)shelf.PartLength(digest);
            part.ReadExactly(new byte[at]);
            for (; at < blob.Length; at += piece)
                part.Write(blob.AsSpan(at, Math.Min(piece, blob.Length - at)));
        }
        shelf.Complete(digest, blob.Length);
    }

    static byte[]? Found(TieredBlobs shelf, byte[] blob)
    {
        var found = shelf.Find(TreeDigest.Of(blob));
        try
        {
            return found?.Span(0, (int)found.Length).ToArray();
        }
        finally
        {
            (found as IDisposable)?.Dispose();
        }
    }
}
