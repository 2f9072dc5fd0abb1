using Grpc.Core;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>The response stream of a call; a write waits for the client's flow-control window.</summary>
sealed class ResponseWriter<T>(ServerCall call, Marshaller<T> marshaller) : IServerStreamWriter<T> where T : class
{
    int _writing;

    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Interlocked.Exchange(ref _writing, 1) == 1)
            throw new InvalidOperationException("Can't write the message because the previous write is in progress.");
        try
        {
            await call.WriteAsync(marshaller, message, WriteOptions ?? call.WriteOptions, cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _writing, 0);
        }
    }
}
