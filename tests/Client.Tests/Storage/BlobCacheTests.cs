using System.Runtime.CompilerServices;
using Federated.Aggregators.Adapters;
using Federated.Client.Faults;
using Federated.Client.Storage;
using Federated.Client.Tests.Support;
using Federated.Client.Transport;
using Federated.Formats.Digests;

namespace Federated.Client.Tests.Storage;

public sealed class BlobCacheTests : IDisposable
{
    const int Piece = 1000;

    static readonly byte[][] Blobs = [.. Enumerable.Range(0, 4).Select(k => (byte[])[.. Enumerable.Range(0, 5500).Select(i => (byte)(i * (31 + k) >> 3))])];
    static readonly byte[] Blob = Blobs[0];
    static readonly string Digest = TreeDigest.Of(Blob);

    readonly TestFolder _folder = new();

    [Fact]
    public async Task Get_Twice_FetchesOnce()
    {
        var source = new Source(Blob);
        var cache = Cache(source);
        Assert.Equal(Blob, await GetAsync(cache, Digest));
        Assert.Equal(Blob, await GetAsync(cache, Digest));
        Assert.Equal([[0L]], source.Calls);
    }

    [Fact]
    public async Task Get_Several_FetchesWhatIsMissingInOneCallAndGivesAllInTheirOrder()
    {
        var source = new Source(Blobs);
        var cache = Cache(source);
        await GetAsync(cache, TreeDigest.Of(Blobs[2]));
        source.Calls.Clear();

        var all = await GetAllAsync(cache, [3, 2, 0, 3]);

        Assert.Equal([Blobs[3], Blobs[2], Blobs[0], Blobs[3]], all);
        Assert.Equal([[0L, 0L]], source.Calls);
    }

    [Fact]
    public async Task Get_SourceThatSendsOneBlobACall_IsAskedForTheRest()
    {
        var source = new Source(Blobs) { MostOfACall = 1 };
        Assert.Equal(Blobs, await GetAllAsync(Cache(source), [0, 1, 2, 3]));
        Assert.Equal([4, 3, 2, 1], source.Calls.Select(c => c.Count));
    }

    [Fact]
    public async Task Get_MoreThanACallTakes_TakesSeveral()
    {
        byte[][] many = [.. Enumerable.Range(0, 1500).Select(i => BitConverter.GetBytes(i))];
        var source = new Source(many);
        var digests = many.Select(b => TreeDigest.Of(b)).ToList();
        var came = new List<byte[]>();
        await foreach (var blob in Cache(source).GetAsync(digests, CancellationToken.None))
            came.Add(Bytes(blob));
        Assert.Equal(many, came);
        Assert.Equal([1024, 476], source.Calls.Select(c => c.Count));
    }

    [Fact]
    public async Task Get_DownloadBreaksOff_GoesOnWhereItStopped()
    {
        var source = new Source(Blob) { BreakAfter = 2 };
        await Assert.ThrowsAsync<LinkException>(() => GetAsync(Cache(source), Digest));
        source.BreakAfter = int.MaxValue;
        Assert.Equal(Blob, await GetAsync(Cache(source), Digest));
        Assert.Equal([[0L], [2L * Piece]], source.Calls);
    }

    [Fact]
    public async Task Get_SeveralBreakOff_GoesOnWithinTheOneThatBroke()
    {
        var source = new Source(Blobs) { BreakAfter = 8 };
        await Assert.ThrowsAsync<LinkException>(() => GetAllAsync(Cache(source), [0, 1, 2]));
        source.BreakAfter = int.MaxValue;
        Assert.Equal([Blobs[0], Blobs[1], Blobs[2]], await GetAllAsync(Cache(source), [0, 1, 2]));
        Assert.Equal([[0L, 0L, 0L], [2L * Piece, 0L]], source.Calls);
    }

    [Fact]
    public async Task Get_PartialBytesAreWrong_BeginsThatOneAgain()
    {
        await File.WriteAllBytesAsync(_folder[TreeDigest.Of(Blobs[1]) + ".part"], new byte[1500]);
        var source = new Source(Blobs);
        Assert.Equal(Blobs, await GetAllAsync(Cache(source), [0, 1, 2, 3]));
        Assert.Equal([[0L, 1500L, 0L, 0L], [0L]], source.Calls);
    }

    [Fact]
    public async Task Get_PartialBytesAreTooMany_AreDroppedForTheNextTry()
    {
        await File.WriteAllBytesAsync(_folder[Digest + ".part"], new byte[Blob.Length + 1]);
        var source = new Source(Blob);
        var lost = await Assert.ThrowsAsync<LinkException>(() => GetAsync(Cache(source), Digest));
        Assert.Equal(LinkFailure.Unavailable, lost.Failure);
        Assert.Equal(Blob, await GetAsync(Cache(source), Digest));
    }

    [Fact]
    public async Task Get_StoredBytesWereDamaged_FetchesAnew()
    {
        var source = new Source(Blob);
        await GetAsync(Cache(source), Digest);
        await File.WriteAllBytesAsync(_folder[Digest], new byte[10]);
        Assert.Equal(Blob, await GetAsync(Cache(source), Digest));
    }

    [Fact]
    public async Task Get_SourceHasOtherBytes_RefusesAndKeepsNothing()
    {
        var fault = await Assert.ThrowsAsync<ClientFault>(() => GetAsync(Cache(new Source(new byte[77]) { Lies = true }), Digest));
        Assert.Equal("F543", fault.Code);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Get_BytesOfABlobThatIsNotNext_AreRefused()
    {
        var lost = await Assert.ThrowsAsync<LinkException>(() => GetAllAsync(Cache(new Source(Blobs) { Skips = true }), [0, 1]));
        Assert.Contains("blob 2 came while 0 of 2", lost.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../../etc/passwd")]
    [InlineData("ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789")]
    public async Task Get_NoDigest_Refuses(string digest) =>
        await Assert.ThrowsAsync<ClientFault>(() => GetAsync(Cache(new Source(Blob)), digest));

    [Fact]
    public async Task Get_MoreThanFits_DropsTheBlobUsedLongestAgo()
    {
        var blobs = Enumerable.Range(0, 3).Select(i => Enumerable.Repeat((byte)i, 400).ToArray()).ToArray();
        var time = new ManualTime();
        foreach (var blob in blobs)
        {
            await GetAsync(new BlobCache(new BlobFolder(_folder.Path, 1000, time), new Source(blob)), TreeDigest.Of(blob));
            File.SetLastAccessTimeUtc(_folder[TreeDigest.Of(blob)], DateTime.UnixEpoch.AddDays(blob[0]));
        }
        Assert.Equal(blobs[1..].Select(b => TreeDigest.Of(b)).Order(), Directory.GetFiles(_folder.Path).Select(f => Path.GetFileName(f)!).Order());
    }

    [Fact]
    public async Task Get_MoreThanFitsInOneProcess_DropsTheBlobAskedForLongestAgo()
    {
        var cache = new BlobCache(new BlobFolder(_folder.Path, 2 * Blob.Length, TimeProvider.System), new Source(Blobs));
        await GetAllAsync(cache, [0, 1]);
        await GetAllAsync(cache, [0]);
        await GetAllAsync(cache, [2]);
        Assert.Equal(new[] { 0, 2 }.Select(i => TreeDigest.Of(Blobs[i])).Order(), Directory.GetFiles(_folder.Path).Select(f => Path.GetFileName(f)!).Order());
    }

    [Fact]
    public async Task Get_FullFolder_MakesRoomWithoutLookingThroughIt()
    {
        var cache = new BlobCache(new BlobFolder(_folder.Path, 2 * Blob.Length, TimeProvider.System), new Source(Blobs));
        await GetAllAsync(cache, [0, 1]);
        // To whoever lists the folder this is the one used longest ago.
        var stranger = _folder[new string('a', 64)];
        await File.WriteAllBytesAsync(stranger, Blob);
        File.SetLastAccessTimeUtc(stranger, DateTime.UnixEpoch);
        await GetAllAsync(cache, [2, 3]);
        Assert.True(File.Exists(stranger));
        Assert.False(File.Exists(_folder[TreeDigest.Of(Blobs[0])]));
    }

    [Fact]
    public async Task Get_MoreTogetherThanFits_StillGivesEachOfThem()
    {
        var source = new Source(Blobs);
        var cache = new BlobCache(new BlobFolder(_folder.Path, 2 * Blob.Length, TimeProvider.System), source);
        Assert.Equal(Blobs, await GetAllAsync(cache, [0, 1, 2, 3]));
    }

    [Fact]
    public async Task Get_SomeCameAlong_FetchesTheOthersOnly()
    {
        var source = new Source(Blobs);
        var shelf = new BlobMemory(1 << 20);
        var all = await GetAllAsync(new BlobCache(shelf, source), [3, 2, 0, 3], Blobs[0], Blobs[3]);
        Assert.Equal([Blobs[3], Blobs[2], Blobs[0], Blobs[3]], all);
        Assert.Equal([[0L]], source.Calls);
        Assert.Equal(3 * Blob.Length, shelf.Bytes);
    }

    [Fact]
    public async Task Get_WhatCameAlongHasOtherBytes_FetchesAndKeepsNoneOfIt()
    {
        var source = new Source(Blobs);
        var all = await GetAllAsync(Cache(source), [0, 1], Blobs[2], new byte[77], []);
        Assert.Equal([Blobs[0], Blobs[1]], all);
        Assert.Equal([[0L, 0L]], source.Calls);
        Assert.Equal(new[] { 0, 1 }.Select(i => TreeDigest.Of(Blobs[i])).Order(), Directory.GetFiles(_folder.Path).Select(f => Path.GetFileName(f)!).Order());
    }

    [Fact]
    public async Task Get_CameAlongAfterADownloadThatBrokeOff_IsNotFetched()
    {
        var source = new Source(Blob) { BreakAfter = 2 };
        await Assert.ThrowsAsync<LinkException>(() => GetAsync(Cache(source), Digest));
        Assert.Equal([Blob], await GetAllAsync(Cache(source), [0], Blob));
        Assert.Single(source.Calls);
    }

    [Fact]
    public async Task Get_MoreCameAlongThanFits_StillGivesEachOfThem() =>
        Assert.Equal(Blobs, await GetAllAsync(new BlobCache(new BlobMemory(2 * Blob.Length), new Source(Blobs)), [0, 1, 2, 3], Blobs));

    [Fact]
    public async Task Drop_ThenOthers_AreWrittenOverItAndHoldNothingOfIt()
    {
        var shorter = new byte[200];
        var source = new Source([.. Blobs, shorter]);
        var cache = Cache(source);
        await GetAllAsync(cache, [0, 1]);
        cache.Drop([TreeDigest.Of(Blobs[0]), TreeDigest.Of(Blobs[1]), TreeDigest.Of(Blobs[2])]);
        Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);

        Assert.Equal(shorter, await GetAsync(cache, TreeDigest.Of(shorter)));
        Assert.Equal(Blobs[3], await GetAsync(cache, TreeDigest.Of(Blobs[3])));
        Assert.Equal(Blobs[0], await GetAsync(cache, TreeDigest.Of(Blobs[0])));

        Assert.Equal(new[] { shorter.Length, Blob.Length, Blob.Length }.Order(), Directory.GetFiles(_folder.Path).Select(f => (int)new FileInfo(f).Length).Order());
    }

    [Fact]
    public async Task Drop_ThenADownloadThatBreaksOff_GoesOnWhereItStopped()
    {
        var source = new Source(Blobs);
        var cache = Cache(source);
        await GetAllAsync(cache, [0]);
        cache.Drop([Digest]);
        source.BreakAfter = 2;
        await Assert.ThrowsAsync<LinkException>(() => GetAllAsync(cache, [1]));
        source.BreakAfter = int.MaxValue;
        Assert.Equal([Blobs[1]], await GetAllAsync(cache, [1]));
        Assert.Equal([2L * Piece], source.Calls[^1]);
    }

    [Fact]
    public async Task Drop_ThenAKillInTheMiddleOfTheNextDownload_ItIsFetchedAnew()
    {
        var source = new Source(Blobs);
        var cache = Cache(source);
        await GetAllAsync(cache, [0]);
        cache.Drop([Digest]);
        File.Move(Directory.GetFiles(_folder.Path).Single(), _folder[TreeDigest.Of(Blobs[1]) + ".part"]);
        Assert.Equal([Blobs[1]], await GetAllAsync(Cache(source), [1]));
    }

    public void Dispose() => _folder.Dispose();

    BlobCache Cache(Source source) => new(new BlobFolder(_folder.Path, 1 << 20, TimeProvider.System), source);

    static async Task<byte[]> GetAsync(BlobCache cache, string digest)
    {
        await foreach (var blob in cache.GetAsync([digest], CancellationToken.None))
            return Bytes(blob);
        throw new InvalidOperationException("Nothing came.");
    }

    static async Task<List<byte[]>> GetAllAsync(BlobCache cache, IEnumerable<int> which, params byte[][] unasked)
    {
        var came = new List<byte[]>();
        await foreach (var blob in cache.GetAsync([.. which.Select(i => TreeDigest.Of(Blobs[i]))], [.. unasked.Select(b => (ReadOnlyMemory<byte>)b)], CancellationToken.None))
            came.Add(Bytes(blob));
        return came;
    }

    static byte[] Bytes(ISpanSource blob) => blob.Span(0, (int)blob.Length).ToArray();

    sealed class Source(params byte[][] blobs) : IBlobSource
    {
        readonly Dictionary<string, byte[]> _blobs = blobs.ToDictionary(b => TreeDigest.Of(b), StringComparer.Ordinal);

        /// <summary>The offsets of each call.</summary>
        public List<List<long>> Calls { get; } = [];

        public int BreakAfter { get; set; } = int.MaxValue;

        public int MostOfACall { get; init; } = int.MaxValue;

        /// <summary>Sends its first blob for every digest.</summary>
        public bool Lies { get; init; }

        /// <summary>Begins with the blob after the next.</summary>
        public bool Skips { get; init; }

        public async IAsyncEnumerable<BlobPiece> ReadAsync(IReadOnlyList<BlobRange> ranges, [EnumeratorCancellation] CancellationToken cancellation)
        {
            Calls.Add([.. ranges.Select(r => r.Offset)]);
            await Task.Yield();
            var sent = 0;
            foreach (var (index, range) in ranges.Take(MostOfACall).Index())
            {
                var blob = Lies ? _blobs.Values.First() : _blobs[range.Digest];
                if (range.Offset > blob.Length)
                    throw new LinkException(LinkFailure.OutOfRange, "F406");
                for (var at = (int)range.Offset; at < blob.Length; at += Piece)
                {
                    if (sent++ == BreakAfter)
                        throw new LinkException(LinkFailure.Unavailable, "gone");
                    yield return new BlobPiece(Skips ? index + 2 : index, blob.AsMemory(at, Math.Min(Piece, blob.Length - at)));
                }
            }
        }
    }
}
