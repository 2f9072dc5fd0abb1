namespace Federated.Client.Storage;

/// <summary>Blobs as files of one folder, named by digest; DIGEST.part while bytes are missing.</summary>
public sealed class BlobFolder(string folder, long capacityBytes, TimeProvider time) : IBlobShelf
{
    const string PartSuffix = ".part";

    public async Task<byte[]?> FindAsync(string digest, CancellationToken cancellation)
    {
        var path = Path.Combine(folder, digest);
        if (!File.Exists(path))
            return null;
        var bytes = await File.ReadAllBytesAsync(path, cancellation);
        File.SetLastAccessTimeUtc(path, time.GetUtcNow().UtcDateTime);
        return bytes;
    }

    public void Drop(string digest) => File.Delete(Path.Combine(folder, digest));

    public Stream OpenPart(string digest)
    {
        var file = new FileStream(PartPath(digest), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1 << 16);
        file.Seek(0, SeekOrigin.End);
        return file;
    }

    public Task<byte[]> ReadPartAsync(string digest, CancellationToken cancellation) => File.ReadAllBytesAsync(PartPath(digest), cancellation);

    public void DropPart(string digest) => File.Delete(PartPath(digest));

    public void Complete(string digest, long bytes)
    {
        MakeRoom(bytes);
        File.Move(PartPath(digest), Path.Combine(folder, digest), overwrite: true);
    }

    void MakeRoom(long bytes)
    {
        var files = new DirectoryInfo(folder).GetFiles().Where(f => f.Extension != PartSuffix).OrderBy(f => f.LastAccessTimeUtc).ToArray();
        var total = files.Sum(f => f.Length) + bytes;
        foreach (var file in files)
        {
            if (total <= capacityBytes)
                return;
            total -= file.Length;
            file.Delete();
        }
    }

    string PartPath(string digest) => Path.Combine(folder, digest + PartSuffix);
}
