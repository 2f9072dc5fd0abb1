namespace Federated.Server.Rounds;

/// <summary>
/// Work that nobody waits for, one piece at a time, at most a tenth of the time and once a second, so that rounds which follow each other fast have the
/// machine for themselves.
/// </summary>
sealed class SpareTime(TimeProvider time, CancellationToken stopping)
{
    const int RestsPerWork = 9;
    static readonly TimeSpan ShortestRest = TimeSpan.FromSeconds(1);

    (long EndedAt, TimeSpan Took) _last;

    /// <summary>Rests for as long as the last piece asks for.</summary>
    public Task RestAsync()
    {
        var rest = RestAfter(_last.Took) - time.GetElapsedTime(_last.EndedAt);
        return rest > TimeSpan.Zero ? Task.Delay(rest, time, stopping) : Task.CompletedTask;
    }

    /// <summary>Works, and remembers for how long.</summary>
    public async Task<T> WorkAsync<T>(Func<CancellationToken, Task<T>> work)
    {
        var began = time.GetTimestamp();
        try
        {
            return await work(stopping);
        }
        finally
        {
            _last = (time.GetTimestamp(), time.GetElapsedTime(began));
        }
    }

    // Before the first piece nothing has to be rested from.
    static TimeSpan RestAfter(TimeSpan took) => took == TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Max(RestsPerWork * took.Ticks, ShortestRest.Ticks));
}
