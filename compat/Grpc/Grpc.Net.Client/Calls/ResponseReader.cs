using Grpc.Core;

namespace Grpc.Net.Client.Calls;

/// <summary>The response stream of a call.</summary>
sealed class ResponseReader<TRequest, TResponse>(ClientCall<TRequest, TResponse> call) : IAsyncStreamReader<TResponse>
    where TRequest : class where TResponse : class
{
    int _reading;

    public TResponse Current { get; private set; } = null!;

    /// <summary>Cancelling a read cancels the call.</summary>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _reading, 1) == 1)
            throw new InvalidOperationException("Can't read the next message because the previous read is still in progress.");
        try
        {
            using var registration = cancellationToken.UnsafeRegister(static state => ((ClientCall<TRequest, TResponse>)state!).Cancel(), call);
            Current = (await call.ReadAsync())!;
            return Current is not null;
        }
        finally
        {
            Volatile.Write(ref _reading, 0);
        }
    }
}
