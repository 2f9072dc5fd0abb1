using System.Runtime.CompilerServices;
using Federated.Client.Faults;
using Federated.Client.Storage;
using Federated.Client.Tests.Support;
using Federated.Client.Transport;
using Federated.Formats.Digests;

namespace Federated.Client.Tests.Storage;

public sealed class BlobCacheTests : IDisposable
{
    const int Piece = 1000;

    static readonly byte[] Blob = [.. Enumerable.Range(0, 5500).Select(i => (byte)(i * 31 >> 3))];
    static readonly string Digest = TreeDigest.Of(Blob);

    readonly TestFolder _folder = new();

    [Fact]
    public async Task Get_Twice_FetchesOnce()
    {
        var source = new Source(Blob);
        var cache = Cache(source);
        Assert.Equal(Blob, await cache.GetAsync(Digest, CancellationToken.None));
        Assert.Equal(Blob, await cache.GetAsync(Digest, CancellationToken.None));
        Assert.Equal([0L], source.Offsets);
    }

    [Fact]
    public async Task Get_DownloadBreaksOff_GoesOnWhereItStopped()
    {
        var source = new Source(Blob) { BreakAfter = 2 };
        await Assert.ThrowsAsync<LinkException>(() => Cache(source).GetAsync(Digest, CancellationToken.None));
        source.BreakAfter = int.MaxValue;
        Assert.Equal(Blob, await Cache(source).GetAsync(Digest, CancellationToken.None));
        Assert.Equal([0L, 2 * Piece], source.Offsets);
    }

    [Fact]
    public async Task Get_PartialBytesAreWrong_BeginsAgain()
    {
        await File.WriteAllBytesAsync(_folder[Digest + ".part"], new byte[1500]);
        var source = new Source(Blob);
        Assert.Equal(Blob, await Cache(source).GetAsync(Digest, CancellationToken.None));
        Assert.Equal([1500L, 0L], source.Offsets);
    }

    [Fact]
    public async Task Get_StoredBytesWereDamaged_FetchesAnew()
    {
        var source = new Source(Blob);
        await Cache(source).GetAsync(Digest, CancellationToken.None);
        await File.WriteAllBytesAsync(_folder[Digest], new byte[10]);
        Assert.Equal(Blob, await Cache(source).GetAsync(Digest, CancellationToken.None));
    }

    [Fact]
    public async Task Get_SourceHasOtherBytes_RefusesAndKeepsNothing()
    {
        var fault = await Assert.ThrowsAsync<ClientFault>(() => Cache(new Source(new byte[77])).GetAsync(Digest, CancellationToken.None));
        Assert.Equal("F543", fault.Code);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../../etc/passwd")]
    [InlineData("ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789")]
    public async Task Get_NoDigest_Refuses(string digest) =>
        await Assert.ThrowsAsync<ClientFault>(() => Cache(new Source(Blob)).GetAsync(digest, CancellationToken.None));

    [Fact]
    public async Task Get_MoreThanFits_DropsTheBlobUsedLongestAgo()
    {
        var blobs = Enumerable.Range(0, 3).Select(i => Enumerable.Repeat((byte)i, 400).ToArray()).ToArray();
        var time = new ManualTime();
        foreach (var blob in blobs)
        {
            await new BlobCache(new BlobFolder(_folder.Path, 1000, time), new Source(blob)).GetAsync(TreeDigest.Of(blob), CancellationToken.None);
            File.SetLastAccessTimeUtc(_folder[TreeDigest.Of(blob)], DateTime.UnixEpoch.AddDays(blob[0]));
        }
        Assert.Equal(blobs[1..].Select(b => TreeDigest.Of(b)).Order(), Directory.GetFiles(_folder.Path).Select(f => Path.GetFileName(f)!).Order());
    }

    public void Dispose() => _folder.Dispose();

    BlobCache Cache(Source source) => new(new BlobFolder(_folder.Path, 1 << 20, TimeProvider.System), source);

    sealed class Source(byte[] blob) : IBlobSource
    {
        public List<long> Offsets { get; } = [];

        public int BreakAfter { get; set; } = int.MaxValue;

        public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(string digest, long offset, [EnumeratorCancellation] CancellationToken cancellation)
        {
            Offsets.Add(offset);
            await Task.Yield();
            for (var (at, sent) = ((int)offset, 0); at < blob.Length; at += Piece, sent++)
            {
                if (sent == BreakAfter)
                    throw new LinkException(LinkFailure.Unavailable, "gone");
                yield return blob.AsMemory(at, Math.Min(Piece, blob.Length - at));
            }
        }
    }
}
