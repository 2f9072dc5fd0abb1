using Federated.Server.Storage.Rows;

namespace Federated.Server.Storage;

/// <summary>Numbers events in the order of their commits, and wakes whoever waits for the next one. The store's writer is its only caller.</summary>
sealed class EventSequence(long last)
{
    long _last = last;
    volatile TaskCompletionSource _grown = New();

    /// <summary>The newest number that is committed.</summary>
    public long Last => Interlocked.Read(ref _last);

    /// <summary>The changes with their events numbered from <paramref name="last"/> on; nothing counts until <see cref="Committed"/>.</summary>
    public static IReadOnlyList<RowChange> Number(IReadOnlyList<RowChange> changes, ref long last)
    {
        if (!changes.Any(c => c.Row is EventRow))
            return changes;
        var numbered = changes.ToArray();
        for (var i = 0; i < numbered.Length; i++)
        {
            if (numbered[i].Row is EventRow row)
                numbered[i] = numbered[i] with { Row = row with { Sequence = ++last } };
        }
        return numbered;
    }

    public void Committed(long last)
    {
        if (last == Last)
            return;
        Interlocked.Exchange(ref _last, last);
        var grown = _grown;
        _grown = New();
        grown.TrySetResult();
    }

    public async Task WaitAsync(long after, CancellationToken stopping)
    {
        while (true)
        {
            var grown = _grown.Task;
            if (Last > after)
                return;
            await grown.WaitAsync(stopping);
        }
    }

    static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
