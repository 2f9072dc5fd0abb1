using System.Collections.Concurrent;
using System.Diagnostics;

namespace Federated.Client.Telemetry;

/// <summary>Which span an update's upload belongs below; forgotten with the process, as the trace's beginning is.</summary>
sealed class TraceBook
{
    /// <summary>More than an outbox ever holds; a book that is full keeps no more.</summary>
    const int Capacity = 1024;

    readonly ConcurrentDictionary<string, ActivityContext> _contexts = new(StringComparer.Ordinal);

    public void Keep(string assignmentId, Activity? activity)
    {
        if (activity is not null && _contexts.Count < Capacity)
            _contexts[assignmentId] = activity.Context;
    }

    public ActivityContext Of(string assignmentId) => _contexts.GetValueOrDefault(assignmentId);

    public void Forget(string assignmentId) => _contexts.TryRemove(assignmentId, out _);
}
