using Federated.Client.Privacy;
using Federated.Client.Rounds;
using Federated.Formats.Digests;

namespace Federated.Client.Storage;

/// <summary>A simulated client's state: it outlives the client's crashes and nothing else. One thread at a time.</summary>
public sealed class MemoryClientState(string token) : IClientState
{
    BlobMemory? _shelf;

    public string Token { get; } = token;

    public IOutboxStore Outbox { get; } = new Store();

    public SiteLedger Ledger { get; } = SiteLedger.InMemory();

    public IBlobShelf Blobs(long capacityBytes, TimeProvider time) => _shelf ??= new BlobMemory(capacityBytes);

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
}
