using Federated.Client.Configuration;
using Federated.Client.Rounds;
using Federated.Client.Tests.Support;

namespace Federated.Client.Tests.Rounds;

/// <summary>How often a client speaks, and when it comes back.</summary>
public sealed class PacingTests
{
    [Fact]
    public void Progress_WithinASecond_OfOnePhaseOnce()
    {
        var time = new ManualTime();
        var limiter = new ProgressLimiter(time);
        bool Admits(string phase, int milliseconds)
        {
            time.Advance(TimeSpan.FromMilliseconds(milliseconds));
            return limiter.Admits(phase);
        }

        Assert.True(Admits("train", 0));
        Assert.False(Admits("train", 999));
        Assert.True(Admits("train", 1));
        Assert.True(Admits("encode", 0));
        Assert.False(Admits("encode", 10));
    }

    [Fact]
    public void Next_AfterManyFailures_SpreadsOverTheWholeCeilingAndNeverBeyond()
    {
        var backoff = new Backoff(new ReconnectConfiguration(10, 80), new Random(1));
        double[] ceilings = [10, 20, 40, 80, 80];
        var largest = new double[ceilings.Length];
        for (var trial = 0; trial < 400; trial++)
        {
            backoff.Reset();
            for (var i = 0; i < ceilings.Length; i++)
                largest[i] = Math.Max(largest[i], backoff.Next().TotalMilliseconds);
        }
        Assert.All(ceilings.Zip(largest), c => Assert.InRange(c.Second, 0.9 * c.First, c.First));
    }

    [Fact]
    public void Jitter_OfAWindowThatTheServerGave_NeverComesEarlyAndSpreadsOverHalfAsMuchAgain()
    {
        var backoff = new Backoff(new ReconnectConfiguration(10, 80), new Random(1));
        double[] waits = [.. Enumerable.Range(0, 400).Select(_ => backoff.Jitter(TimeSpan.FromSeconds(10)).TotalSeconds)];
        Assert.InRange(waits.Min(), 10, 10.5);
        Assert.InRange(waits.Max(), 14.5, 15);
    }
}
