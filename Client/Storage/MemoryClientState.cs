using Federated.Aggregators.Adapters;
using Federated.Client.Privacy;
using Federated.Client.Rounds;
using Federated.Formats.Digests;

namespace Federated.Client.Storage;

/// <summary>A simulated client's state: it outlives the client's crashes and nothing else. One thread at a time.</summary>
public sealed class MemoryClientState(string token) : IClientState
{
    readonly Shelf _shelf = new();

    public string Token { get; } = token;

    public IOutboxStore Outbox { get; } = new Store();

    public SiteLedger Ledger { get; } = SiteLedger.InMemory();

    public IBlobShelf Blobs(long capacityBytes, TimeProvider time)
    {
        _shelf.Capacity = capacityBytes;
        return _shelf;
    }

    sealed class Store : IOutboxStore
    {
        readonly SortedDictionary<string, (OutboxEntry Entry, byte[] Bytes, byte[]? LeftOut)> _entries = new(StringComparer.Ordinal);
        readonly Dictionary<string, byte[]> _leftOut = new(StringComparer.Ordinal);

        public IReadOnlyList<OutboxEntry> Load() => [.. _entries.Values.Select(e => e.Entry)];

        public OutboxEntry Write(string assignmentId, string runId, byte[] header, IEnumerable<ReadOnlyMemory<byte>> tensors, byte[]? leftOut)
        {
            byte[] bytes = [.. header, .. tensors.SelectMany(t => t.ToArray())];
            var entry = new OutboxEntry(assignmentId, runId, assignmentId, header.Length, bytes.Length, TreeDigest.Of(bytes));
            _entries[assignmentId] = (entry, bytes, leftOut);
            return entry;
        }

        public Stream Read(OutboxEntry entry) => _entries.TryGetValue(entry.AssignmentId, out var found)
            ? new MemoryStream(found.Bytes, writable: false)
            : throw new FileNotFoundException($"The update of '{entry.AssignmentId}' has been deleted.");

        public void Delete(OutboxEntry entry) => _entries.Remove(entry.AssignmentId);

        public void Accept(OutboxEntry entry)
        {
            if (_entries.Remove(entry.AssignmentId, out var accepted) && accepted.LeftOut is { } left)
                _leftOut[entry.RunId] = left;
        }

        public byte[]? LeftOut(string runId) => _leftOut.GetValueOrDefault(runId);

        public void Forget(string runId) => _leftOut.Remove(runId);
    }

    sealed class Shelf : IBlobShelf
    {
        readonly Dictionary<string, LinkedListNode<(string Digest, byte[] Bytes)>> _blobs = new(StringComparer.Ordinal);
        readonly LinkedList<(string Digest, byte[] Bytes)> _byUse = new();
        readonly Dictionary<string, Part> _parts = new(StringComparer.Ordinal);
        long _total;

        public long Capacity { get; set; }

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
            _total -= node.Value.Bytes.Length;
            _byUse.Remove(node);
        }

        public Stream OpenPart(string digest)
        {
            var part = _parts.TryGetValue(digest, out var known) ? known : _parts[digest] = new Part();
            part.Position = 0;
            return part;
        }

        public long PartLength(string digest) => _parts.TryGetValue(digest, out var part) ? part.Length : 0;

        public void DropPart(string digest) => _parts.Remove(digest);

        public void Complete(string digest, long bytes)
        {
            _parts.Remove(digest, out var part);
            while (_total + bytes > Capacity && _byUse.First is { } oldest)
                Drop(oldest.Value.Digest);
            Drop(digest);
            _blobs[digest] = _byUse.AddLast((digest, part!.ToArray()));
            _total += bytes;
        }

        /// <summary>Closing the stream of a download must not lose its bytes, as closing a file does not.</summary>
        sealed class Part : MemoryStream
        {
            protected override void Dispose(bool disposing)
            {
            }
        }
    }
}
