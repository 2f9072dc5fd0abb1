namespace Federated.Server.Hosting;

/// <summary>
/// The wall clock as it was when the process began, plus the time that has passed since. Setting the machine's clock, by hand or by a time
/// server, moves no deadline; a restart reads it again.
/// </summary>
sealed class SteadyClock(TimeProvider inner) : TimeProvider
{
    readonly DateTimeOffset _began = inner.GetUtcNow();
    readonly long _timestamp = inner.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => _began + inner.GetElapsedTime(_timestamp);

    public override long GetTimestamp() => inner.GetTimestamp();

    public override long TimestampFrequency => inner.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => inner.LocalTimeZone;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => inner.CreateTimer(callback, state, dueTime, period);
}
