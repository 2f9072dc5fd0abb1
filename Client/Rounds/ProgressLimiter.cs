namespace Federated.Client.Rounds;

/// <summary>Lets a report through when its phase is new or a second has gone by, and drops the rest.</summary>
sealed class ProgressLimiter(TimeProvider time)
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    string? _phase;
    long _last;

    public bool Admits(string phase)
    {
        var now = time.GetTimestamp();
        if (phase == _phase && time.GetElapsedTime(_last, now) < Interval)
            return false;
        (_phase, _last) = (phase, now);
        return true;
    }
}
