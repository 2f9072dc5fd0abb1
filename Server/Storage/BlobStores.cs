namespace Federated.Server.Storage;

static class BlobStores
{
    /// <summary>Stores all of them durably before it returns, and returns their digests in order.</summary>
    public static async Task<IReadOnlyList<string>> PutAsync(this IBlobStore blobs, IReadOnlyList<ReadOnlyMemory<byte>> all, CancellationToken stopping)
    {
        var batch = blobs.Begin();
        var digests = all.Select(batch.Add).ToList();
        await batch.CommitAsync(stopping);
        return digests;
    }
}
