using Grpc.Core;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>The request stream of a call.</summary>
sealed class RequestReader<T>(ServerCall call, Marshaller<T> marshaller) : IAsyncStreamReader<T> where T : class
{
    public T Current { get; private set; } = null!;

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        Current = (await call.ReadAsync(marshaller, cancellationToken))!;
        return Current is not null;
    }
}
