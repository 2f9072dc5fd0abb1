using Federated.Aggregators.Adapters;
using Federated.Formats.Files;

namespace Federated.Client.Storage;

/// <summary>Blobs as files of one folder, named by digest; DIGEST.part while bytes are missing.</summary>
public sealed class BlobFolder(string folder, long capacityBytes, TimeProvider time) : IBlobShelf
{
    const string PartSuffix = ".part";

    readonly Lock _room = new();
    long? _total;

    public bool Has(string digest) => File.Exists(Path.Combine(folder, digest));

    // Mapped, not read: an adapter would be held twice.
    public ISpanSource? Find(string digest)
    {
        if (!Has(digest))
            return null;
        var path = Path.Combine(folder, digest);
        File.SetLastAccessTimeUtc(path, time.GetUtcNow().UtcDateTime);
        return new MappedFile(path);
    }

    public void Drop(string digest)
    {
        lock (_room)
        {
            File.Delete(Path.Combine(folder, digest));
            _total = null;
        }
    }

    public long PartLength(string digest) => new FileInfo(PartPath(digest)) is { Exists: true } part ? part.Length : 0;

    // Pieces come as large as they are to be written.
    public Stream OpenPart(string digest) => new FileStream(PartPath(digest), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);

    public void DropPart(string digest) => File.Delete(PartPath(digest));

    public void Complete(string digest, long bytes)
    {
        lock (_room)
        {
            // Listing the folder for every blob would cost more than the blob where there are thousands of small ones.
            _total = (_total ?? Whole().Sum(f => f.Length)) + bytes;
            if (_total > capacityBytes)
                MakeRoom(bytes);
            File.Move(PartPath(digest), Path.Combine(folder, digest), overwrite: true);
        }
    }

    void MakeRoom(long bytes)
    {
        var files = Whole().OrderBy(f => f.LastAccessTimeUtc).ToArray();
        _total = files.Sum(f => f.Length) + bytes;
        foreach (var file in files)
        {
            if (_total <= capacityBytes)
                return;
            _total -= file.Length;
            file.Delete();
        }
    }

    IEnumerable<FileInfo> Whole() => new DirectoryInfo(folder).EnumerateFiles().Where(f => f.Extension != PartSuffix);

    string PartPath(string digest) => Path.Combine(folder, digest + PartSuffix);
}
