using Federated.Server.Faults;
using Federated.Server.Fleet;
using Federated.Server.Fleet.Messages;
using Microsoft.Extensions.Logging.Abstractions;
using Server.Tests.Kit;

namespace Server.Tests.Fleet;

public sealed class HeartbeatTests
{
    static readonly ClientSaid.Hello Hello = new(1, "a", "test", new DeviceProfile("cpu", "", 0, 1, 0)) { Encodings = [], Methods = [], PendingAssignments = [] };

    /// <summary>A stream can end while the monitor gives it up; that must not reach the host, which would stop.</summary>
    [Fact]
    public async Task Check_StreamThatIsJustBeingDisposed_LeavesTheMonitorRunning()
    {
        var clock = new ManualClock();
        var registry = new ClientRegistry(new FleetOptions(), clock);
        var ending = new CancellationTokenSource();
        var client = registry.Connect(Hello, ending);
        ending.Dispose();
        using var monitor = new HeartbeatMonitor(registry, new FleetOptions(), clock, NullLogger<HeartbeatMonitor>.Instance);
        await StartAsync(monitor, clock);

        clock.Advance(TimeSpan.FromMinutes(1));
        monitor.Check();

        Assert.Equal(Fault.ClientSilent, client.Ended!.Fault);
        Assert.False(monitor.ExecuteTask!.IsCompleted);
        await monitor.StopAsync(CancellationToken.None);
    }

    /// <summary>Whatever hangs on a stream's end may throw; the next heartbeat still comes.</summary>
    [Fact]
    public async Task Execute_CheckThatThrows_LeavesTheMonitorRunning()
    {
        var clock = new ManualClock();
        var registry = new ClientRegistry(new FleetOptions(), clock);
        using var ending = new CancellationTokenSource();
        var thrown = new TaskCompletionSource();
        ending.Token.Register(() =>
        {
            thrown.TrySetResult();
            throw new InvalidOperationException("a callback of the stream");
        });
        registry.Connect(Hello, ending);
        using var monitor = new HeartbeatMonitor(registry, new FleetOptions(), clock, NullLogger<HeartbeatMonitor>.Instance);
        await StartAsync(monitor, clock);

        clock.Advance(TimeSpan.FromMinutes(1));
        await thrown.Task.DefaultTimeout();

        using var next = new CancellationTokenSource();
        var ended = new TaskCompletionSource();
        next.Token.Register(() => ended.TrySetResult());
        registry.Connect(Hello with { ClientId = "b" }, next);
        clock.Advance(TimeSpan.FromMinutes(1));
        await ended.Task.DefaultTimeout();
        await monitor.StopAsync(CancellationToken.None);
    }

    // A background service begins on a thread of its own.
    static async Task StartAsync(HeartbeatMonitor monitor, ManualClock clock)
    {
        await monitor.StartAsync(CancellationToken.None);
        await Task.Run(async () =>
        {
            while (clock.Armed == 0)
                await Task.Yield();
        }).DefaultTimeout();
    }
}
