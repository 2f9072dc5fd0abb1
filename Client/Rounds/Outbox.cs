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
    TaskCompletionSource _removed = new(TaskCreationOptions.RunContinuationsAsynchronously);

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
    /// <param name="leftOut">What the encoding left out of it; null for nothing.</param>
    /// <exception cref="IOException">The disk is full or fails; nothing is kept then.</exception>
    public OutboxEntry Add(string assignmentId, string runId, byte[] header, IEnumerable<ReadOnlyMemory<byte>> tensors, byte[]? leftOut = null)
    {
        var entry = _store.Write(assignmentId, runId, header, tensors, leftOut);
        lock (_lock)
            _entries[assignmentId] = entry;
        return entry;
    }

    /// <summary>As <see cref="IOutboxStore.Read"/>.</summary>
    /// <exception cref="FileNotFoundException">It was removed in the meantime.</exception>
    public Stream Read(OutboxEntry entry) => _store.Read(entry);

    /// <summary>Removes what was not accepted, or has become pointless; what its encoding left out goes with it.</summary>
    public void Remove(string assignmentId) => Remove(assignmentId, _store.Delete);

    /// <summary>Removes what was accepted; what its encoding left out waits for the run's next update.</summary>
    public void Accept(string assignmentId) => Remove(assignmentId, _store.Accept);

    /// <summary>What the run's accepted updates have left out; null for nothing.</summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public byte[]? LeftOut(string runId) => _store.LeftOut(runId);

    /// <summary>The run is over: what its updates have left out has no next update.</summary>
    public void Forget(string runId) => _store.Forget(runId);

    /// <summary>Waits until every update of a run has been answered: only then is it known what the last one left out.</summary>
    public async Task SettledAsync(string runId, CancellationToken cancellation)
    {
        while (true)
        {
            Task removed;
            lock (_lock)
            {
                if (_entries.Values.All(e => e.RunId != runId))
                    return;
                removed = _removed.Task;
            }
            await removed.WaitAsync(cancellation);
        }
    }

    void Remove(string assignmentId, Action<OutboxEntry> delete)
    {
        OutboxEntry? entry;
        lock (_lock)
        {
            if (!_entries.TryGetValue(assignmentId, out entry))
                return;
        }
        try
        {
            delete(entry);
        }
        catch (IOException)
        {
            // What stays on a failing disk is sent again after the next start and gets the same answer.
        }
        TaskCompletionSource removed;
        lock (_lock)
        {
            _entries.Remove(assignmentId);
            (removed, _removed) = (_removed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        removed.SetResult();
    }
}
