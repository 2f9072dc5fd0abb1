using System.Runtime.CompilerServices;

namespace Grpc.Core;

/// <summary>A call with one request and one response; awaiting it gives the response.</summary>
public sealed class AsyncUnaryCall<TResponse> : IDisposable
{
    readonly CallHandle _call;

    public AsyncUnaryCall(
        Task<TResponse> responseAsync,
        Task<Metadata> responseHeadersAsync, Func<Status> getStatusFunc, Func<Metadata> getTrailersFunc, Action disposeAction)
        : this(responseAsync, new CallHandle(() => responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction)) { }

    public AsyncUnaryCall(
        Task<TResponse> responseAsync,
        Func<object, Task<Metadata>> responseHeadersAsync, Func<object, Status> getStatusFunc, Func<object, Metadata> getTrailersFunc,
        Action<object> disposeAction, object state)
        : this(responseAsync, new CallHandle(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction, state)) { }

    AsyncUnaryCall(
        Task<TResponse> responseAsync, CallHandle call)
    {
        ResponseAsync = responseAsync;
        _call = call;
    }

    public Task<TResponse> ResponseAsync { get; }

    public TaskAwaiter<TResponse> GetAwaiter() => ResponseAsync.GetAwaiter();

    public ConfiguredTaskAwaitable<TResponse> ConfigureAwait(bool continueOnCapturedContext) => ResponseAsync.ConfigureAwait(continueOnCapturedContext);

    public Task<Metadata> ResponseHeadersAsync => _call.Headers;

    public Status GetStatus() => _call.Status;

    public Metadata GetTrailers() => _call.Trailers;

    /// <summary>Releases the call; one that has not finished is cancelled.</summary>
    public void Dispose() => _call.Dispose();
}
