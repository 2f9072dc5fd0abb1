using System.Buffers;
using System.Runtime.ExceptionServices;

namespace Federated.Aggregators.Numerics;

/// <summary>Runs independent pieces of work on several threads. Which thread runs a piece never changes what it computes.</summary>
/// <param name="threads">1 or more.</param>
/// <param name="memoryBytes">Memory that callers may plan with.</param>
/// <param name="token">Stops between pieces.</param>
public sealed class WorkPool(int threads, long memoryBytes, CancellationToken token)
{
    /// <summary>Threads.</summary>
    public int Threads => threads;

    /// <summary>Memory that callers may plan with.</summary>
    public long MemoryBytes => memoryBytes;

    /// <summary>Calls <paramref name="piece"/> for 0 ... count - 1, each time with <paramref name="scratchFloats"/> floats of undefined content that no other thread uses.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void For(int count, int scratchFloats, Action<int, float[]> piece)
    {
        if (threads == 1 || count <= 1)
        {
            var scratch = ArrayPool<float>.Shared.Rent(scratchFloats);
            for (var i = 0; i < count; i++)
            {
                token.ThrowIfCancellationRequested();
                piece(i, scratch);
            }
            ArrayPool<float>.Shared.Return(scratch);
            return;
        }
        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = token },
                () => ArrayPool<float>.Shared.Rent(scratchFloats),
                (i, _, scratch) =>
                {
                    piece(i, scratch);
                    return scratch;
                },
                scratch => ArrayPool<float>.Shared.Return(scratch));
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
