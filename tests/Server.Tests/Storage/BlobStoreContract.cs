using System.Text;
using Federated.Formats.Digests;
using Federated.Server.Faults;
using Federated.Server.Storage;

namespace Server.Tests.Storage;

public abstract class BlobStoreContract
{
    static readonly byte[] Hello = Encoding.UTF8.GetBytes("hello");

    private protected abstract IBlobStore Open();

    [Fact]
    public async Task Put_SeveralWithARepeat_ReturnsDigestsInOrder()
    {
        var store = Open();
        byte[] other = [1, 2, 3];

        var digests = await store.PutAsync([Hello, other, Hello], CancellationToken.None);

        Assert.Equal([TreeDigest.Of(Hello), TreeDigest.Of(other), TreeDigest.Of(Hello)], digests);
        Assert.Equal(Hello, store.ReadAll(digests[0]).ToArray());
        Assert.Equal(3, store.Size(digests[1]));
    }

    [Fact]
    public async Task PutStream_NewThenKnown_SaysSo()
    {
        var store = Open();
        Assert.True(await store.PutAsync(TreeDigest.Of(Hello), new MemoryStream(Hello), CancellationToken.None));
        Assert.False(await store.PutAsync(TreeDigest.Of(Hello), new MemoryStream(Hello), CancellationToken.None));
    }

    [Fact]
    public async Task PutStream_WrongDigest_KeepsNothing()
    {
        var store = Open();
        var claimed = TreeDigest.Of([9]);

        var refusal = await Assert.ThrowsAsync<FaultException>(() => store.PutAsync(claimed, new MemoryStream(Hello), CancellationToken.None));

        Assert.Equal(Fault.BlobDigestMismatch, refusal.Refusal.Fault);
        Assert.Null(store.Size(claimed));
        Assert.Null(store.Size(TreeDigest.Of(Hello)));
    }

    [Fact]
    public async Task Read_FromAnOffset_GivesTheRestAndThenNothing()
    {
        var store = Open();
        var digest = (await store.PutAsync([Hello], CancellationToken.None))[0];
        var buffer = new byte[10];

        Assert.Equal(3, store.Read(digest, 2, buffer));
        Assert.Equal("llo", Encoding.UTF8.GetString(buffer, 0, 3));
        Assert.Equal(0, store.Read(digest, 5, buffer));
    }

    [Fact]
    public void Read_Unknown_IsRefused() =>
        Assert.Equal(Fault.BlobNotFound, Assert.Throws<FaultException>(() => Open().ReadAll(TreeDigest.Of(Hello))).Refusal.Fault);
}
