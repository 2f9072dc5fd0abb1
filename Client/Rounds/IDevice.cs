using Federated.Client.Transport.Messages;

namespace Federated.Client.Rounds;

/// <summary>The one device of a client: one piece of work after another.</summary>
public interface IDevice : IDisposable
{
    /// <summary>What the coordinator is told about it.</summary>
    DeviceProfile Describe(double stepsPerSecond);

    /// <summary>Does the work; work that was cancelled before its turn is not begun.</summary>
    Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation);
}
