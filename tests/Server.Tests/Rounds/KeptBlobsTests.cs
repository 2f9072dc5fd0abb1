using Federated.Formats.Digests;
using Federated.Server.Rounds;
using Federated.Server.Storage;
using Server.Tests.Kit;

namespace Server.Tests.Rounds;

public sealed class KeptBlobsTests
{
    readonly WatchedBlobs _store = new();

    [Fact]
    public async Task Of_Again_ReadsOnceAndCopiesNothing()
    {
        var digest = await AddAsync(1, 100);
        var kept = new KeptBlobs(_store);
        var first = kept.Of(digest, 100);
        Assert.Equal(_store.ReadAll(digest).ToArray(), first.ToArray());
        Assert.Equal(first, kept.Of(digest, 100));
        Assert.Equal(2, _store.Reads.Count);
    }

    [Fact]
    public async Task Of_LargerThanWanted_IsEmptyAndNotRead()
    {
        var digest = await AddAsync(1, 101);
        Assert.True(new KeptBlobs(_store).Of(digest, 100).IsEmpty);
        Assert.Empty(_store.Reads);
    }

    [Fact]
    public async Task Of_OneThatCannotBeRead_IsEmpty()
    {
        var digest = await AddAsync(1, 100);
        _store.IsBroken = true;
        Assert.True(new KeptBlobs(_store).Of(digest, 100).IsEmpty);
        Assert.True(new KeptBlobs(_store).Of(TreeDigest.Of([7]), 100).IsEmpty);
    }

    [Fact]
    public async Task Of_MoreThanItKeeps_DropsTheOlderOnes()
    {
        var kept = new KeptBlobs(_store);
        string[] digests = [.. await Task.WhenAll(Enumerable.Range(0, 9).Select(i => AddAsync(i, 1 << 20)))];
        foreach (var digest in digests)
            kept.Of(digest, 1 << 20);
        _store.Reads.Clear();
        kept.Of(digests[8], 1 << 20);
        kept.Of(digests[0], 1 << 20);
        Assert.Equal([digests[0]], _store.Reads);
    }

    async Task<string> AddAsync(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return (await _store.PutAsync([bytes], CancellationToken.None))[0];
    }
}
