using Federated.Client.Configuration;

namespace Federated.Client.Rounds;

/// <summary>
/// Exponential back-off with full jitter: attempt n waits a uniform time up to min(initial * 2^n, max), so that many
/// clients do not return to a restarted server together.
/// </summary>
public sealed class Backoff(ReconnectConfiguration limits, Random random)
{
    int _attempt;

    public void Reset() => _attempt = 0;

    public TimeSpan Next()
    {
        var ceiling = Math.Min(limits.InitialMs * Math.Pow(2, Math.Min(_attempt++, 30)), limits.MaxMs);
        return TimeSpan.FromMilliseconds(random.NextDouble() * ceiling);
    }

    /// <summary>A wait that somebody asked for, and up to half as much again.</summary>
    public TimeSpan Jitter(TimeSpan wait) => wait * (1 + 0.5 * random.NextDouble());
}
