using Federated.Client.Rounds;
using Federated.Client.Transport.Messages;

namespace Federated.Cli.Simulation.Training;

/// <summary>Computes at once and then lets the time pass that the work would have taken. A daemon brings one piece of work at a time.</summary>
sealed class SimulatedDevice(SimulatedSite site, SimulatedClock clock) : IDevice
{
    const long Memory = 8L << 30;

    public DeviceProfile Describe(double stepsPerSecond) => new("cpu", "simulated", Memory, 1, stepsPerSecond);

    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var result = work();
        await Task.Delay(site.TakeCost(), clock, cancellation);
        return result;
    }

    public void Dispose()
    {
    }
}
