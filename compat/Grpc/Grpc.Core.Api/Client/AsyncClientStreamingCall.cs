using System.Runtime.CompilerServices;

namespace Grpc.Core;

/// <summary>A call with a stream of requests and one response; awaiting it gives the response.</summary>
public sealed class AsyncClientStreamingCall<TRequest, TResponse> : IDisposable
{
    readonly CallHandle _call;

    public AsyncClientStreamingCall(
        IClientStreamWriter<TRequest> requestStream, Task<TResponse> responseAsync,
        Task<Metadata> responseHeadersAsync, Func<Status> getStatusFunc, Func<Metadata> getTrailersFunc, Action disposeAction)
        : this(requestStream, responseAsync, new CallHandle(() => responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction)) { }

    public AsyncClientStreamingCall(
        IClientStreamWriter<TRequest> requestStream, Task<TResponse> responseAsync,
        Func<object, Task<Metadata>> responseHeadersAsync, Func<object, Status> getStatusFunc, Func<object, Metadata> getTrailersFunc,
        Action<object> disposeAction, object state)
        : this(requestStream, responseAsync, new CallHandle(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction, state)) { }

    AsyncClientStreamingCall(
        IClientStreamWriter<TRequest> requestStream, Task<TResponse> responseAsync, CallHandle call)
    {
        RequestStream = requestStream;
        ResponseAsync = responseAsync;
        _call = call;
    }

    public IClientStreamWriter<TRequest> RequestStream { get; }

    public Task<TResponse> ResponseAsync { get; }

    public TaskAwaiter<TResponse> GetAwaiter() => ResponseAsync.GetAwaiter();

    public ConfiguredTaskAwaitable<TResponse> ConfigureAwait(bool continueOnCapturedContext) => ResponseAsync.ConfigureAwait(continueOnCapturedContext);

    public Task<Metadata> ResponseHeadersAsync => _call.Headers;

    public Status GetStatus() => _call.Status;

    public Metadata GetTrailers() => _call.Trailers;

    /// <summary>Releases the call; one that has not finished is cancelled.</summary>
    public void Dispose() => _call.Dispose();
}
