using Federated.Formats.Digests;
using Federated.Server.Faults;
using Federated.Server.Storage;
using Server.Tests.Kit;

namespace Server.Tests.Storage;

public abstract class SpoolContract
{
    private protected static readonly byte[] Bytes = [.. Synthetic.Values(1, 700_000, 1f).SelectMany(BitConverter.GetBytes)];

    private protected static SpoolKey Key { get; } = new("run", 3, TreeDigest.Of(Bytes));

    private protected abstract IUpdateSpools Open();

    [Fact]
    public async Task Complete_AllBytes_AreReadBack()
    {
        var spools = Open();
        await FillAsync(spools, Bytes);

        using var update = spools.Read(Key);

        Assert.Equal(Bytes.Length, update.Length);
        Assert.True(update.Span(0, Bytes.Length).SequenceEqual(Bytes));
    }

    [Fact]
    public async Task Verify_BeforeTheFlush_BytesCanBeRead()
    {
        var spools = Open();
        using var spool = await spools.OpenAsync(Key, Bytes.Length, CancellationToken.None);
        spool.Append(Bytes);

        Assert.True(spool.Verify());

        using var update = spools.Read(Key);
        Assert.True(update.Span(0, Bytes.Length).SequenceEqual(Bytes));
        await spool.FlushAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Open_Completed_NeedsNoBytes()
    {
        var spools = Open();
        await FillAsync(spools, Bytes);

        using var again = await spools.OpenAsync(Key, Bytes.Length, CancellationToken.None);

        Assert.True(again.IsComplete);
        Assert.True(await again.CompleteAsync());
    }

    [Fact]
    public async Task Complete_OneByteWrong_BeginsAgainAtZero()
    {
        var spools = Open();
        byte[] wrong = [.. Bytes[..^1], (byte)(Bytes[^1] ^ 1)];
        using (var spool = await spools.OpenAsync(Key, Bytes.Length, CancellationToken.None))
        {
            spool.Append(wrong);
            Assert.False(await spool.CompleteAsync());
        }

        using (var again = await spools.OpenAsync(Key, Bytes.Length, CancellationToken.None))
            Assert.Equal((0, false), (again.Offset, again.IsComplete));
        await FillAsync(spools, Bytes);
    }

    [Fact]
    public async Task DeleteThrough_EarlierRounds_AreGoneAndLaterOnesStay()
    {
        var spools = Open();
        await FillAsync(spools, Bytes);

        await spools.DeleteThroughAsync("run", 2);
        spools.Read(Key).Dispose();
        await spools.DeleteThroughAsync("other", 9);
        spools.Read(Key).Dispose();
        await spools.DeleteThroughAsync("run", 3);

        Assert.Equal(Fault.BlobNotFound, Assert.Throws<FaultException>(() => spools.Read(Key)).Refusal.Fault);
    }

    private protected static async Task FillAsync(IUpdateSpools spools, byte[] bytes)
    {
        using var spool = await spools.OpenAsync(Key, bytes.Length, CancellationToken.None);
        spool.Append(bytes.AsSpan((int)spool.Offset));
        Assert.True(await spool.CompleteAsync());
    }
}
