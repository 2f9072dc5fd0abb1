using System.Collections.Concurrent;
using Federated.Client.Transport.Messages;
using static TorchSharp.torch;

namespace Federated.Client.Rounds;

/// <summary>
/// The one thread that computes. The number of threads inside libtorch belongs to the thread that set it, and dispose
/// scopes do not follow an await, so tensor work never moves between threads.
/// </summary>
public sealed class DeviceThread : IDevice
{
    readonly BlockingCollection<Action> _work = [];
    readonly Thread _thread;
    readonly int _threads;
    readonly long _memoryBytes;

    /// <param name="threads">Threads inside libtorch.</param>
    /// <param name="memoryBytes">What the site lets this process use; 0 is what the machine has.</param>
    public DeviceThread(int threads, long memoryBytes = 0)
    {
        (_threads, _memoryBytes) = (threads, memoryBytes > 0 ? memoryBytes : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        _thread = new Thread(() => Run(threads)) { IsBackground = true, Name = "device" };
        _thread.Start();
    }

    public DeviceProfile Describe(double stepsPerSecond) =>
        new("cpu", $"{Environment.ProcessorCount} processors", _memoryBytes, _threads, stepsPerSecond);

    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                cancellation.ThrowIfCancellationRequested();
                done.SetResult(work());
            }
            catch (OperationCanceledException e)
            {
                done.SetCanceled(e.CancellationToken);
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        }, CancellationToken.None);
        return done.Task;
    }

    /// <summary>Waits for the work under way; none is taken up any more.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    void Run(int threads)
    {
        set_num_threads(threads);
        foreach (var work in _work.GetConsumingEnumerable())
            work();
    }
}
