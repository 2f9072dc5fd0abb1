namespace Federated.Server.Rounds;

/// <summary>Work that nobody waits for, one piece at a time and at most a tenth of the time, so that rounds which follow each other fast have the machine for themselves.</summary>
sealed class SpareTime(TimeProvider time, CancellationToken stopping)
{
    const int RestsPerWork = 9;

    (long EndedAt, TimeSpan Took) _last;

    /// <summary>Rests for as long as the last piece asks for, then works.</summary>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> work)
    {
        var rest = RestsPerWork * _last.Took - time.GetElapsedTime(_last.EndedAt);
        if (rest > TimeSpan.Zero)
            await Task.Delay(rest, time, stopping);
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
}
