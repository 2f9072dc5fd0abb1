namespace Federated.Bench.Aggregation;

/// <summary>The largest of a measure taken every few milliseconds.</summary>
sealed class PeakMemory : IDisposable
{
    const int Milliseconds = 5;

    readonly ManualResetEventSlim _stop = new();
    readonly Thread _thread;
    long _peak;

    public PeakMemory(Func<long> measure)
    {
        _thread = new Thread(() =>
        {
            do _peak = Math.Max(_peak, measure());
            while (!_stop.Wait(Milliseconds));
        }) { IsBackground = true };
        _thread.Start();
    }

    public long Stop()
    {
        _stop.Set();
        _thread.Join();
        return _peak;
    }

    public void Dispose()
    {
        Stop();
        _stop.Dispose();
    }
}
