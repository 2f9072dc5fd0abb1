namespace Federated.Cli.Simulation;

/// <summary>Time that jumps from one event to the next. Events of one instant happen in the order in which they were scheduled.</summary>
sealed class SimulatedClock : TimeProvider
{
    static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    readonly PriorityQueue<Action, (long Ticks, long Order)> _events = new();
    long _now, _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public double Seconds => TimeSpan.FromTicks(_now).TotalSeconds;

    /// <summary>How many events have happened.</summary>
    public long Events { get; private set; }

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => Start.AddTicks(_now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Does something at a later instant, or now but after all that is under way.</summary>
    public void After(TimeSpan delay, Action action) => At(_now + Math.Max(0, delay.Ticks), action);

    /// <summary>Does something at an instant, in ticks from the beginning.</summary>
    public void At(long ticks, Action action) => _events.Enqueue(action, (Math.Max(ticks, _now), _order++));

    /// <summary>Moves to the next event and lets it happen; false when there is none.</summary>
    public bool TryAdvance()
    {
        if (!_events.TryDequeue(out var action, out var when))
            return false;
        _now = when.Ticks;
        Events++;
        action();
        return true;
    }

    sealed class Timer(SimulatedClock clock, Action callback) : ITimer
    {
        TimeSpan _period;
        long _generation;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            _generation++;
            if (dueTime >= TimeSpan.Zero)
                Arm(clock._now + dueTime.Ticks);
            return true;
        }

        // An event that was overtaken by another change of the timer stays in the queue and does nothing.
        void Arm(long due)
        {
            var generation = _generation;
            clock.At(due, () => Fire(generation, due));
        }

        void Fire(long generation, long due)
        {
            if (generation != _generation)
                return;
            if (_period > TimeSpan.Zero)
                Arm(due + _period.Ticks);
            callback();
        }

        public void Dispose() => _generation++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
