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
        var bytes = new byte[] { 1, 2, 3 };
        var store = new SpoolStore(_folder.Path, disk: _log);
        using var spool = await store.OpenAsync(new SpoolKey("run", 1, TreeDigest.Of(bytes)), bytes.Length, CancellationToken.None);
        spool.Append(bytes);
        Assert.True(await spool.CompleteAsync(CancellationToken.None));

        var run = Path.Combine(_folder.Path, "run");
        Assert.Equal([$"folder {run}", "write", "flush", "rename", $"flush {run}", $"flush {_folder.Path}"], Names());
    }

    [Fact]
    public async Task Blobs_ByTheTimeTheyAreThere_AreFlushedBeforeTheyHaveTheirNames()
    {
        await new BlobStore(_folder.Path, _log).PutAsync([new byte[] { 1 }], CancellationToken.None);

        Assert.Equal(["write", "flush", "rename", $"flush {_folder.Path}"], Names());
    }

    IEnumerable<string> Names() => _log.Operations.Where(o => o is not (Operation.Create or Operation.SetLength or Operation.Delete)).Select(o => o switch
    {
        Operation.CreateFolder created => $"folder {created.Path}",
        Operation.FlushFolder flushed => $"flush {flushed.Path}",
        _ => o.GetType().Name.ToLowerInvariant(),
    });

    public void Dispose() => _folder.Dispose();
}
