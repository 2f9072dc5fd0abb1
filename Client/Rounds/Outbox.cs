using Federated.Client.Faults;
using Federated.Client.Storage;

namespace Federated.Client.Rounds;

/// <summary>
/// Updates that wait until the coordinator has answered them. An update is durable here before its first byte leaves, so that a crash
/// never makes the client train, or draw noise, twice for one assignment.
/// </summary>
public sealed class Outbox
{
    readonly Lock _lock = new();
    readonly IOutboxStore _store;
    readonly SortedDictionary<string, OutboxEntry> _entries = new(StringComparer.Ordinal);

    Outbox(IOutboxStore store) => _store = store;

    /// <summary>Everything that waits, in the order of assignment ids.</summary>
    public IReadOnlyList<OutboxEntry> Entries
    {
        get
        {
            lock (_lock)
                return [.. _entries.Values];
        }
    }

    /// <summary>Takes up what an earlier process has left.</summary>
    /// <exception cref="ClientFault">F530: the store cannot be used.</exception>
    public static Outbox Open(IOutboxStore store)
    {
        var outbox = new Outbox(store);
        try
        {
            foreach (var entry in store.Load())
                outbox._entries[entry.AssignmentId] = entry;
            return outbox;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ClientFaults.State("outbox", $"cannot be read: {e.Message}", e);
        }
    }

    public bool Contains(string assignmentId)
    {
        lock (_lock)
            return _entries.ContainsKey(assignmentId);
    }

    /// <summary>Keeps one update durably.</summary>
    /// <param name="assignmentId">What it answers.</param>
    /// <param name="runId">The assignment's run.</param>
    /// <param name="header">The first bytes of the byte string.</param>
    /// <param name="tensors">The rest, in order.</param>
    /// <exception cref="IOException">The disk is full or fails; nothing is kept then.</exception>
    public OutboxEntry Add(string assignmentId, string runId, byte[] header, IEnumerable<ReadOnlyMemory<byte>> tensors)
    {
        var entry = _store.Write(assignmentId, runId, header, tensors);
        lock (_lock)
            _entries[assignmentId] = entry;
        return entry;
    }

    /// <summary>The update's byte string.</summary>
    /// <exception cref="FileNotFoundException">It was removed in the meantime.</exception>
    public Stream Read(OutboxEntry entry) => _store.Read(entry);

    /// <summary>Removes what has been answered, or has become pointless.</summary>
    public void Remove(string assignmentId)
    {
        OutboxEntry? entry;
        lock (_lock)
        {
            if (!_entries.Remove(assignmentId, out entry))
                return;
        }
        try
        {
            _store.Delete(entry);
        }
        catch (IOException)
        {
            // What stays on a failing disk is sent again after the next start and gets the same answer.
        }
    }
}
