namespace Grpc.Core;

/// <summary>A call with a stream of requests and a stream of responses.</summary>
public sealed class AsyncDuplexStreamingCall<TRequest, TResponse> : IDisposable
{
    readonly CallHandle _call;

    public AsyncDuplexStreamingCall(
        IClientStreamWriter<TRequest> requestStream, IAsyncStreamReader<TResponse> responseStream,
        Task<Metadata> responseHeadersAsync, Func<Status> getStatusFunc, Func<Metadata> getTrailersFunc, Action disposeAction)
        : this(requestStream, responseStream, new CallHandle(() => responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction)) { }

    public AsyncDuplexStreamingCall(
        IClientStreamWriter<TRequest> requestStream, IAsyncStreamReader<TResponse> responseStream,
        Func<object, Task<Metadata>> responseHeadersAsync, Func<object, Status> getStatusFunc, Func<object, Metadata> getTrailersFunc,
        Action<object> disposeAction, object state)
        : this(requestStream, responseStream, new CallHandle(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction, state)) { }

    AsyncDuplexStreamingCall(
        IClientStreamWriter<TRequest> requestStream, IAsyncStreamReader<TResponse> responseStream, CallHandle call)
    {
        RequestStream = requestStream;
        ResponseStream = responseStream;
        _call = call;
    }

    public IClientStreamWriter<TRequest> RequestStream { get; }

    public IAsyncStreamReader<TResponse> ResponseStream { get; }

    public Task<Metadata> ResponseHeadersAsync => _call.Headers;

    public Status GetStatus() => _call.Status;

    public Metadata GetTrailers() => _call.Trailers;

    /// <summary>Releases the call; one that has not finished is cancelled.</summary>
    public void Dispose() => _call.Dispose();
}
