namespace Grpc.Core;

/// <summary>A call with one request and a stream of responses.</summary>
public sealed class AsyncServerStreamingCall<TResponse> : IDisposable
{
    readonly CallHandle _call;

    public AsyncServerStreamingCall(
        IAsyncStreamReader<TResponse> responseStream,
        Task<Metadata> responseHeadersAsync, Func<Status> getStatusFunc, Func<Metadata> getTrailersFunc, Action disposeAction)
        : this(responseStream, new CallHandle(() => responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction)) { }

    public AsyncServerStreamingCall(
        IAsyncStreamReader<TResponse> responseStream,
        Func<object, Task<Metadata>> responseHeadersAsync, Func<object, Status> getStatusFunc, Func<object, Metadata> getTrailersFunc,
        Action<object> disposeAction, object state)
        : this(responseStream, new CallHandle(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction, state)) { }

    AsyncServerStreamingCall(
        IAsyncStreamReader<TResponse> responseStream, CallHandle call)
    {
        ResponseStream = responseStream;
        _call = call;
    }

    public IAsyncStreamReader<TResponse> ResponseStream { get; }

    public Task<Metadata> ResponseHeadersAsync => _call.Headers;

    public Status GetStatus() => _call.Status;

    public Metadata GetTrailers() => _call.Trailers;

    /// <summary>Releases the call; one that has not finished is cancelled.</summary>
    public void Dispose() => _call.Dispose();
}
