using Federated.Server.Storage.Rows;

namespace Federated.Server.Storage;

/// <summary>Numbers events in the order of their commits, and wakes whoever waits for the next one. The store's writer is its only caller.</summary>
sealed class EventSequence(long last)
{
    long _last = last;
    volatile TaskCompletionSource _grown = New();

    /// <summary>The changes with their events numbered; nothing counts until <see cref="Committed"/>.</summary>
    public IReadOnlyList<RowChange> Number(IReadOnlyList<RowChange> changes)
    {
        if (!changes.Any(c => c.Row is EventRow))
            return changes;
        var next = Interlocked.Read(ref _last);
        return [.. changes.Select(c => c.Row is EventRow row ? c with { Row = row with { Sequence = ++next } } : c)];
    }

    public void Committed(IReadOnlyList<RowChange> numbered)
    {
        var count = numbered.Count(c => c.Row is EventRow);
        if (count == 0)
            return;
        Interlocked.Add(ref _last, count);
        var grown = _grown;
        _grown = New();
        grown.TrySetResult();
    }

    public async Task WaitAsync(long after, CancellationToken stopping)
    {
        while (true)
        {
            var grown = _grown.Task;
            if (Interlocked.Read(ref _last) > after)
                return;
            await grown.WaitAsync(stopping);
        }
    }

    static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
