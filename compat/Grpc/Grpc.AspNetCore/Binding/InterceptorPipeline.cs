using Grpc.Core;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>Wraps a handler in the interceptors of its service; each is obtained per call.</summary>
sealed class InterceptorPipeline(IEnumerable<InterceptorRegistration> interceptors)
{
    // Built from the innermost to the outermost.
    readonly InterceptorRegistration[] _interceptors = [.. interceptors.Reverse()];

    public UnaryServerMethod<TRequest, TResponse> AroundUnary<TRequest, TResponse>(UnaryServerMethod<TRequest, TResponse> handler)
        where TRequest : class where TResponse : class =>
        _interceptors.Aggregate(handler, (next, registration) => async (request, context) =>
        {
            await using var interceptor = registration.Activate(context.GetHttpContext().RequestServices);
            return await interceptor.Instance.UnaryServerHandler(request, context, next);
        });

    public ClientStreamingServerMethod<TRequest, TResponse> AroundClientStreaming<TRequest, TResponse>(ClientStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class where TResponse : class =>
        _interceptors.Aggregate(handler, (next, registration) => async (requests, context) =>
        {
            await using var interceptor = registration.Activate(context.GetHttpContext().RequestServices);
            return await interceptor.Instance.ClientStreamingServerHandler(requests, context, next);
        });

    public ServerStreamingServerMethod<TRequest, TResponse> AroundServerStreaming<TRequest, TResponse>(ServerStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class where TResponse : class =>
        _interceptors.Aggregate(handler, (next, registration) => async (request, responses, context) =>
        {
            await using var interceptor = registration.Activate(context.GetHttpContext().RequestServices);
            await interceptor.Instance.ServerStreamingServerHandler(request, responses, context, next);
        });

    public DuplexStreamingServerMethod<TRequest, TResponse> AroundDuplex<TRequest, TResponse>(DuplexStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class where TResponse : class =>
        _interceptors.Aggregate(handler, (next, registration) => async (requests, responses, context) =>
        {
            await using var interceptor = registration.Activate(context.GetHttpContext().RequestServices);
            await interceptor.Instance.DuplexStreamingServerHandler(requests, responses, context, next);
        });
}
