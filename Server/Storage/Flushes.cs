namespace Federated.Server.Storage;

/// <summary>Flushes beside their callers, a few at once: each blocks a thread, and those of two hundred uploads would starve the thread pool.</summary>
sealed class Flushes : IDisposable
{
    const int MostAtOnce = 8;

    readonly SemaphoreSlim _turns = new(MostAtOnce, MostAtOnce);

    /// <summary>Once begun, a flush is waited for whatever the caller wants: what it flushes must stay as it is until then.</summary>
    public async Task RunAsync(Action flush, CancellationToken stopping)
    {
        await _turns.WaitAsync(stopping);
        try
        {
            await Task.Run(flush, CancellationToken.None);
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();
}
