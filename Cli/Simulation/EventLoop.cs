using System.Diagnostics;

namespace Federated.Cli.Simulation;

/// <summary>
/// One thread for a whole federation. Whatever is awaited continues here, in the order in which it became ready; only when nothing is
/// left does the clock move to its next event. A continuation that comes from another thread would make the order a matter of luck, so
/// it ends the simulation with an error that says where it came from.
/// </summary>
sealed class EventLoop(SimulatedClock clock) : SynchronizationContext
{
    readonly Queue<(SendOrPostCallback Callback, object? State)> _ready = new();
    readonly Lock _foreign = new();
    readonly Thread _owner = Thread.CurrentThread;
    string? _escape;

    /// <summary>Runs on the calling thread until <paramref name="body"/> has ended.</summary>
    /// <exception cref="InvalidOperationException">Nothing is left that could happen, or a continuation escaped to another thread.</exception>
    public T Run<T>(Func<Task<T>> body)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            var running = body();
            while (!running.IsCompleted)
                Step();
            return running.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Thread.CurrentThread == _owner)
            _ready.Enqueue((d, state));
        else
            NoteEscape();
    }

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("The simulation has one thread; nothing can wait for it from another.");

    public override SynchronizationContext CreateCopy() => this;

    void Step()
    {
        if (_ready.TryDequeue(out var ready))
            ready.Callback(ready.State);
        else if (Escape() is { } escape)
            throw new InvalidOperationException($"A continuation of the simulation escaped to another thread:{Environment.NewLine}{escape}");
        else if (!clock.TryAdvance())
            throw new InvalidOperationException($"Nothing is left to happen at {clock.Seconds:F3} s, and the simulation has not ended.");
    }

    void NoteEscape()
    {
        lock (_foreign)
            _escape ??= new StackTrace(1).ToString();
    }

    string? Escape()
    {
        lock (_foreign)
            return _escape;
    }
}
