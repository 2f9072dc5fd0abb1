using System.Collections.Concurrent;
using Federated.Server.Faults;

namespace Federated.Server.Operator;

/// <summary>A token bucket per caller. When more callers are known than are kept, those whose buckets are full are forgotten.</summary>
sealed class RequestRates(OperatorOptions options, TimeProvider time)
{
    const int MaxKept = 10_000;

    readonly ConcurrentDictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);

    /// <exception cref="FaultException">The caller sends too many.</exception>
    public void Take(string caller)
    {
        if (_buckets.Count >= MaxKept)
            Forget();
        var wait = _buckets.GetOrAdd(caller, _ => new Bucket(options.RequestBurst, time.GetTimestamp())).Take(options, time);
        if (wait > TimeSpan.Zero)
            throw new FaultException(Fault.RateExceeded, $"The caller may send {options.RequestBurst} requests at once and {options.RequestsPerSecond} a second; try again in {Math.Ceiling(wait.TotalSeconds)} s.");
    }

    void Forget()
    {
        foreach (var (caller, bucket) in _buckets)
        {
            if (bucket.IsFull(options, time))
                _buckets.TryRemove(caller, out _);
        }
        // Only a flood from ten thousand addresses at once leaves none that is full.
        if (_buckets.Count >= MaxKept)
            _buckets.Clear();
    }

    sealed class Bucket(double tokens, long at)
    {
        readonly Lock _gate = new();
        double _tokens = tokens;
        long _at = at;

        public TimeSpan Take(OperatorOptions options, TimeProvider time)
        {
            lock (_gate)
            {
                Fill(options, time);
                if (_tokens < 1)
                    return TimeSpan.FromSeconds((1 - _tokens) / options.RequestsPerSecond);
                _tokens--;
                return TimeSpan.Zero;
            }
        }

        public bool IsFull(OperatorOptions options, TimeProvider time)
        {
            lock (_gate)
            {
                Fill(options, time);
                return _tokens >= options.RequestBurst;
            }
        }

        void Fill(OperatorOptions options, TimeProvider time)
        {
            var now = time.GetTimestamp();
            _tokens = Math.Min(options.RequestBurst, _tokens + time.GetElapsedTime(_at, now).TotalSeconds * options.RequestsPerSecond);
            _at = now;
        }
    }
}
