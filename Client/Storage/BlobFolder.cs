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

    // What was used longest ago comes first.
    readonly LinkedList<(string Digest, long Bytes)> _byUse = new();
    readonly Dictionary<string, LinkedListNode<(string Digest, long Bytes)>> _blobs = new(StringComparer.Ordinal);
    long _spareNames, _spareBytes, _total;

    /// <param name="folder">Exists already.</param>
    /// <param name="capacityBytes">Of all whole blobs.</param>
    /// <param name="time">Says when a blob was used.</param>
    public BlobFolder(string folder, long capacityBytes, TimeProvider time)
    {
        (_folder, _capacityBytes, _time) = (folder, capacityBytes, time);
        foreach (var spare in Directory.EnumerateFiles(folder, SparePrefix + "*"))
            File.Delete(spare);
        foreach (var blob in new DirectoryInfo(folder).EnumerateFiles().Where(f => f.Extension != PartSuffix).OrderBy(f => f.LastAccessTimeUtc))
            Note(blob.Name, blob.Length);
    }

    public bool Has(string digest) => File.Exists(Path.Combine(_folder, digest));

    // Mapped, not read: an adapter would be held twice.
    public ISpanSource? Find(string digest)
    {
        if (!Has(digest))
            return null;
        var path = Path.Combine(_folder, digest);
        File.SetLastAccessTimeUtc(path, _time.GetUtcNow().UtcDateTime);
        lock (_room)
        {
            if (_blobs.TryGetValue(digest, out var node))
                Note(digest, node.Value.Bytes);
        }
        return new MappedFile(path);
    }

    public void Drop(string digest)
    {
        lock (_room)
        {
            if (!Forget(digest) || new FileInfo(Path.Combine(_folder, digest)) is not { Exists: true } blob)
                return;
            // What a kill leaves of a download that writes over another blob has to be fetched again, which is nothing for a small one.
            if (blob.Length <= LargestSpare && _spareBytes + blob.Length <= MostSpareBytes)
                KeepSpare(blob);
            else
                blob.Delete();
        }
    }

    public void Put(string digest, ReadOnlyMemory<byte> bytes)
    {
        using (var part = OpenPart(digest))
        {
            part.Write(bytes.Span);
            part.SetLength(bytes.Length);
        }
        Complete(digest, bytes.Length);
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
            Forget(digest);
            while (_total + bytes > _capacityBytes && _byUse.First is { Value: var oldest })
            {
                Forget(oldest.Digest);
                File.Delete(Path.Combine(_folder, oldest.Digest));
            }
            File.Move(PartPath(digest), Path.Combine(_folder, digest), overwrite: true);
            Note(digest, bytes);
        }
    }

    /// <summary>It is there, and the one used last.</summary>
    void Note(string digest, long bytes)
    {
        Forget(digest);
        _blobs[digest] = _byUse.AddLast((digest, bytes));
        _total += bytes;
    }

    bool Forget(string digest)
    {
        if (!_blobs.Remove(digest, out var node))
            return false;
        _byUse.Remove(node);
        _total -= node.Value.Bytes;
        return true;
    }

    void KeepSpare(FileInfo blob)
    {
        var path = Path.Combine(_folder, $"{SparePrefix}{_spareNames++}");
        _spares.Enqueue((path, blob.Length));
        _spareBytes += blob.Length;
        blob.MoveTo(path, overwrite: true);
    }

    string PartPath(string digest) => Path.Combine(_folder, digest + PartSuffix);
}
