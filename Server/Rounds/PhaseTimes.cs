using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Federated.Server.Rounds;

/// <summary>
/// When each client was heard to enter and leave a phase of its work, by this server's clock. Kept in memory for the latest assignments:
/// it explains a round to people, and nothing is decided by it.
/// </summary>
sealed class PhaseTimes(int capacity = PhaseTimes.DefaultCapacity)
{
    public const int DefaultCapacity = 20_000;

    /// <summary>A client names its phases itself; more than these are not kept.</summary>
    const int MaxSpans = 16;

    readonly ConcurrentDictionary<string, ImmutableList<PhaseSpan>> _spans = new(StringComparer.Ordinal);
    readonly ConcurrentQueue<string> _order = new();

    /// <summary>A client says that it is in a phase.</summary>
    public void Note(string assignment, string phase, long nowMs)
    {
        if (_spans.TryAdd(assignment, [new PhaseSpan(phase, nowMs, null)]))
        {
            _order.Enqueue(assignment);
            while (_spans.Count > capacity && _order.TryDequeue(out var oldest))
                _spans.TryRemove(oldest, out _);
            return;
        }
        Change(assignment, spans => spans[^1].Phase == phase || spans.Count == MaxSpans ? spans : Closed(spans, nowMs).Add(new PhaseSpan(phase, nowMs, null)));
    }

    /// <summary>The work is over, however it ended.</summary>
    public void End(string assignment, long nowMs) => Change(assignment, spans => Closed(spans, nowMs));

    public IReadOnlyList<PhaseSpan> Of(string assignment) => _spans.GetValueOrDefault(assignment) ?? [];

    void Change(string assignment, Func<ImmutableList<PhaseSpan>, ImmutableList<PhaseSpan>> change)
    {
        while (_spans.TryGetValue(assignment, out var before) && change(before) is var after && !ReferenceEquals(before, after) && !_spans.TryUpdate(assignment, after, before))
        {
        }
    }

    static ImmutableList<PhaseSpan> Closed(ImmutableList<PhaseSpan> spans, long nowMs) =>
        spans[^1].ToMs is null ? spans.SetItem(spans.Count - 1, spans[^1] with { ToMs = nowMs }) : spans;
}

/// <param name="Phase">As the client calls it: download, train, encode, upload, evaluate.</param>
/// <param name="FromMs">Unix milliseconds.</param>
/// <param name="ToMs">Null while it lasts.</param>
sealed record PhaseSpan(string Phase, long FromMs, long? ToMs);
