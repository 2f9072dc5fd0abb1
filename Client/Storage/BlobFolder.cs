using Federated.Aggregators.Adapters;
using Federated.Formats.Files;

namespace Federated.Client.Storage;

/// <summary>
/// Blobs as files of one folder, named by digest; DIGEST.part while bytes are missing. The files of blobs that were dropped wait for the next ones, which write
/// over them: to make and to remove a file takes many disks longer than to fill one.
/// </summary>
public sealed class BlobFolder : IBlobShelf
{
    const string PartSuffix = ".part", SparePrefix = "spare-";
    const long MostSpareBytes = 256L << 20, LargestSpare = 8L << 20;

    readonly string _folder;
    readonly long _capacityBytes;
    readonly TimeProvider _time;
    readonly Lock _room = new();
    readonly Queue<(string Path, long Bytes)> _spares = new();
    long _spareNames, _spareBytes;
    long? _total;

    /// <param name="folder">Exists already.</param>
    /// <param name="capacityBytes">Of all whole blobs.</param>
    /// <param name="time">Says when a blob was used.</param>
    public BlobFolder(string folder, long capacityBytes, TimeProvider time)
    {
        (_folder, _capacityBytes, _time) = (folder, capacityBytes, time);
        foreach (var spare in Directory.EnumerateFiles(folder, SparePrefix + "*"))
            File.Delete(spare);
    }

    public bool Has(string digest) => File.Exists(Path.Combine(_folder, digest));

    // Mapped, not read: an adapter would be held twice.
    public ISpanSource? Find(string digest)
    {
        if (!Has(digest))
            return null;
        var path = Path.Combine(_folder, digest);
        File.SetLastAccessTimeUtc(path, _time.GetUtcNow().UtcDateTime);
        return new MappedFile(path);
    }

    public void Drop(string digest)
    {
        lock (_room)
        {
            if (new FileInfo(Path.Combine(_folder, digest)) is not { Exists: true } blob)
                return;
            _total -= blob.Length;
            // What a kill leaves of a download that writes over another blob has to be fetched again, which is nothing for a small one.
            if (blob.Length <= LargestSpare && _spareBytes + blob.Length <= MostSpareBytes)
                KeepSpare(blob);
            else
                blob.Delete();
        }
    }

    public long PartLength(string digest) => new FileInfo(PartPath(digest)) is { Exists: true } part ? part.Length : 0;

    // Pieces come as large as they are to be written.
    public Stream OpenPart(string digest)
    {
        lock (_room)
        {
            if (!File.Exists(PartPath(digest)) && _spares.TryDequeue(out var spare))
            {
                _spareBytes -= spare.Bytes;
                File.Move(spare.Path, PartPath(digest));
            }
        }
        return new FileStream(PartPath(digest), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
    }

    public void DropPart(string digest) => File.Delete(PartPath(digest));

    public void Complete(string digest, long bytes)
    {
        lock (_room)
        {
            // Listing the folder for every blob would cost more than the blob where there are thousands of small ones.
            _total = (_total ?? Whole().Sum(f => f.Length)) + bytes;
            if (_total > _capacityBytes)
                MakeRoom(bytes);
            File.Move(PartPath(digest), Path.Combine(_folder, digest), overwrite: true);
        }
    }

    void MakeRoom(long bytes)
    {
        var files = Whole().OrderBy(f => f.LastAccessTimeUtc).ToArray();
        _total = files.Sum(f => f.Length) + bytes;
        foreach (var file in files)
        {
            if (_total <= _capacityBytes)
                return;
            _total -= file.Length;
            file.Delete();
        }
    }

    void KeepSpare(FileInfo blob)
    {
        var path = Path.Combine(_folder, $"{SparePrefix}{_spareNames++}");
        _spares.Enqueue((path, blob.Length));
        _spareBytes += blob.Length;
        blob.MoveTo(path, overwrite: true);
    }

    IEnumerable<FileInfo> Whole() => new DirectoryInfo(_folder).EnumerateFiles().Where(f => f.Extension != PartSuffix && !f.Name.StartsWith(SparePrefix, StringComparison.Ordinal));

    string PartPath(string digest) => Path.Combine(_folder, digest + PartSuffix);
}
