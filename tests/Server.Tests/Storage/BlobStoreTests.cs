using Federated.Formats.Digests;
using Federated.Server.Faults;
using Federated.Server.Storage;
using Server.Tests.Kit;

namespace Server.Tests.Storage;

public sealed class BlobStoreTests : BlobStoreContract, IDisposable
{
    readonly TemporaryFolder _folder = new();

    private protected override IBlobStore Open() => new BlobStore(_folder.Path);

    [Fact]
    public async Task ReadAll_ByteFlippedOnDisk_IsNamedCorrupt()
    {
        var store = Open();
        var digest = (await store.PutAsync([new byte[] { 1, 2, 3 }], CancellationToken.None))[0];
        await store.SettleAsync(CancellationToken.None);
        File.WriteAllBytes(Path.Combine(_folder.Path, digest), [1, 2, 4]);

        Assert.Equal(Fault.BlobCorrupt, Assert.Throws<FaultException>(() => store.ReadAll(digest)).Refusal.Fault);
    }

    [Fact]
    public void Open_LeftoversOfAKill_AreRemoved()
    {
        File.WriteAllBytes(Path.Combine(_folder.Path, "tmp-7"), [1]);
        Open();
        Assert.Empty(Directory.EnumerateFiles(_folder.Path));
    }

    [Fact]
    public async Task PutStream_BodyFailsHalfway_LeavesNoFile()
    {
        var store = Open();
        await Assert.ThrowsAsync<IOException>(() => store.PutAsync(TreeDigest.Of([1]), new FailingStream(), CancellationToken.None));
        Assert.Empty(Directory.EnumerateFiles(_folder.Path));
    }

    public void Dispose() => _folder.Dispose();

    sealed class FailingStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("reset");
    }
}
