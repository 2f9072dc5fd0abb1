using Federated.Client.Rounds;
using Federated.Client.Transport.Messages;

namespace Federated.Cli.Bench.Processes;

/// <summary>A device for work that needs no libtorch.</summary>
sealed class PoolDevice : IDevice
{
    public DeviceProfile Describe(double stepsPerSecond) => new("cpu", "thread pool", GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, 1, stepsPerSecond);

    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation) => Task.Run(work, cancellation);

    public void Dispose()
    {
    }
}
