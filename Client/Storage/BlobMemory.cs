using Federated.Aggregators.Adapters;

namespace Federated.Client.Storage;

/// <summary>Blobs in memory: they outlive whoever uses them and not the process. One thread at a time.</summary>
public sealed class BlobMemory(long capacityBytes) : IBlobShelf
{
    // A download that broke off is gone on with soon or never; one that is not there any more is begun again.
    const int MostParts = 16;

    readonly Dictionary<string, LinkedListNode<(string Digest, ReadOnlyMemory<byte> Bytes)>> _blobs = new(StringComparer.Ordinal);
    readonly LinkedList<(string Digest, ReadOnlyMemory<byte> Bytes)> _byUse = new();
    readonly OrderedDictionary<string, Part> _parts = new(StringComparer.Ordinal);

    /// <summary>Of all whole blobs.</summary>
    public long Bytes { get; private set; }

    public long CapacityBytes => capacityBytes;

    public bool Has(string digest) => _blobs.ContainsKey(digest);

    public ISpanSource? Find(string digest)
    {
        if (!_blobs.TryGetValue(digest, out var node))
            return null;
        _byUse.Remove(node);
        _byUse.AddLast(node);
        return new MemorySpanSource(node.Value.Bytes);
    }

    public void Drop(string digest)
    {
        if (!_blobs.Remove(digest, out var node))
            return;
        Bytes -= node.Value.Bytes.Length;
        _byUse.Remove(node);
    }

    // The bytes themselves are kept, not a copy.
    public void Put(string digest, ReadOnlyMemory<byte> bytes)
    {
        while (Bytes + bytes.Length > capacityBytes && _byUse.First is { } oldest)
            Drop(oldest.Value.Digest);
        Drop(digest);
        _blobs[digest] = _byUse.AddLast((digest, bytes));
        Bytes += bytes.Length;
    }

    public long PartLength(string digest) => _parts.TryGetValue(digest, out var part) ? part.Length : 0;

    public bool HasPart(string digest) => _parts.ContainsKey(digest);

    public Stream OpenPart(string digest)
    {
        if (!_parts.TryGetValue(digest, out var part))
        {
            if (_parts.Count == MostParts)
                _parts.RemoveAt(0);
            _parts.Add(digest, part = new Part());
        }
        part.Position = 0;
        return part;
    }

    public void DropPart(string digest) => _parts.Remove(digest);

    public void Complete(string digest, long bytes)
    {
        _parts.Remove(digest, out var part);
        Put(digest, part!.Content());
    }

    /// <summary>Closing the stream of a download must not lose its bytes, as closing a file does not.</summary>
    sealed class Part : MemoryStream
    {
        // What came in one piece fills its array.
        public ReadOnlyMemory<byte> Content() => Capacity == Length ? GetBuffer() : ToArray();

        protected override void Dispose(bool disposing)
        {
        }
    }
}
