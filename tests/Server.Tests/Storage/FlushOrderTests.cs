using Federated.Formats.Digests;
using Federated.Server.Storage;
using Server.Tests.Crash;
using Server.Tests.Kit;

namespace Server.Tests.Storage;

/// <summary>In which order stores write: bytes, flush, name, flush of the folder. OperationLogTests shows what would be lost otherwise.</summary>
public sealed class FlushOrderTests : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly OperationLog _log = new();

    [Fact]
    public async Task Spool_ByTheTimeItIsComplete_IsFlushedNamedAndItsFoldersAre()
    {
        using var store = new SpoolStore(_folder.Path, disk: _log);
        await FillAsync(store, new byte[SmallSpools.MostBytes + 1]);

        var run = Path.Combine(_folder.Path, "run");
        Assert.Equal([$"folder {run}", "write", "flush", "rename", $"flush {run}", $"flush {_folder.Path}"], Names());
    }

    [Fact]
    public async Task SmallSpool_ByTheTimeItIsComplete_IsFlushedInItsSlot()
    {
        using var store = new SpoolStore(_folder.Path, disk: _log);
        await FillAsync(store, [1, 2, 3]);
        Assert.Equal(["write", "write", "flush", $"flush {_folder.Path}"], Names());

        await FillAsync(store, [4]);
        Assert.Equal(["write", "write", "flush"], Names().Skip(4));
    }

    [Fact]
    public async Task Blobs_ByTheTimeTheyAreThere_AreFlushedBeforeTheyHaveTheirNames()
    {
        using var store = new BlobStore(_folder.Path, _log);
        await store.PutAsync([new byte[RecentBlobs.MostBytes + 1]], CancellationToken.None);

        Assert.Equal(["write", "flush", "rename", $"flush {_folder.Path}"], Names());
    }

    [Fact]
    public async Task SmallBlobs_ByTheTimeTheyAreThere_AreFlushedInOneSlotAndLaterAsFiles()
    {
        using var store = new BlobStore(_folder.Path, _log);
        await store.PutAsync([new byte[] { 1 }, new byte[] { 2 }], CancellationToken.None);
        await store.SettleAsync(CancellationToken.None);

        string[] file = ["write", "flush", "rename"];
        Assert.Equal(["write", "write", "write", "flush", $"flush {_folder.Path}", .. file, .. file, $"flush {_folder.Path}", "write"], Names());
    }

    static async Task FillAsync(SpoolStore store, byte[] bytes)
    {
        using var spool = await store.OpenAsync(new SpoolKey("run", 1, TreeDigest.Of(bytes)), bytes.Length, CancellationToken.None);
        spool.Append(bytes);
        Assert.True(await spool.CompleteAsync());
    }

    IEnumerable<string> Names() => _log.Operations.Where(o => o is not (Operation.Create or Operation.SetLength or Operation.Delete)).Select(o => o switch
    {
        Operation.CreateFolder created => $"folder {created.Path}",
        Operation.FlushFolder flushed => $"flush {flushed.Path}",
        _ => o.GetType().Name.ToLowerInvariant(),
    });

    public void Dispose() => _folder.Dispose();
}
