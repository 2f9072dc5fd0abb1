using Federated.Cli.Simulation;

namespace Cli.Tests.Simulation;

public sealed class SimulatedClockTests
{
    [Fact]
    public void Events_HappenInTheOrderOfTheirTimesAndThenOfTheirScheduling()
    {
        var random = new Random(5);
        var clock = new SimulatedClock();
        var expected = new List<(int Second, int Number)>();
        var seen = new List<(int Second, int Number)>();
        for (var number = 0; number < 500; number++)
        {
            var due = (random.Next(20), number);
            expected.Add(due);
            clock.After(TimeSpan.FromSeconds(due.Item1), () => seen.Add(due));
        }
        while (clock.TryAdvance())
            Assert.Equal(seen[^1].Second, clock.Seconds);
        Assert.Equal(expected.Order(), seen);
    }

    [Fact]
    public void Timer_ChangedOrDisposed_FiresOnlyAsLastTold()
    {
        var clock = new SimulatedClock();
        var fired = new List<double>();
        var timer = clock.CreateTimer(_ => fired.Add(clock.Seconds), null, TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan);
        timer.Change(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3));
        clock.After(TimeSpan.FromSeconds(9), timer.Dispose);
        while (clock.TryAdvance())
        {
        }
        Assert.Equal([2, 5, 8], fired);
    }
}
