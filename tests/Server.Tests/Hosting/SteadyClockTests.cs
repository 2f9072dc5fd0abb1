using Federated.Server.Hosting;
using Server.Tests.Kit;

namespace Server.Tests.Hosting;

public sealed class SteadyClockTests
{
    [Fact]
    public void Now_MachinesClockIsSet_GoesOnWithTheTimeThatPassed()
    {
        var machine = new Settable();
        var clock = new SteadyClock(machine);
        var began = clock.GetUtcNow();

        machine.Passed = TimeSpan.FromSeconds(5);
        machine.Set = TimeSpan.FromDays(-400);
        Assert.Equal(began + TimeSpan.FromSeconds(5), clock.GetUtcNow());

        machine.Set = TimeSpan.FromDays(400);
        Assert.Equal(began + TimeSpan.FromSeconds(5), clock.GetUtcNow());
    }

    /// <summary>A machine whose clock is set while time passes.</summary>
    sealed class Settable : TimeProvider
    {
        static readonly DateTimeOffset Began = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public TimeSpan Passed { get; set; }

        public TimeSpan Set { get; set; }

        public override DateTimeOffset GetUtcNow() => Began + Passed + Set;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Passed.Ticks;
    }
}
