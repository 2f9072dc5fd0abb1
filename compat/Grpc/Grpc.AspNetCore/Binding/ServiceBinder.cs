using System.Reflection;
using Grpc.AspNetCore.Server.Calls;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>Makes one endpoint of each method that generated code names; an instance of the service is obtained per call.</summary>
sealed class ServiceBinder<TService>(IEndpointRouteBuilder endpoints) : ServiceBinderBase where TService : class
{
    readonly ServiceSettings _settings = ServiceSettings.Of<TService>(endpoints.ServiceProvider);
    readonly List<IEndpointConventionBuilder> _endpoints = [];

    public IReadOnlyList<IEndpointConventionBuilder> Endpoints => _endpoints;

    public string ServiceName { get; private set; } = "";

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        var implementation = Implementation<Func<TService, TRequest, ServerCallContext, Task<TResponse>>>(method, typeof(TRequest));
        var pipeline = _settings.Interceptors.AroundUnary<TRequest, TResponse>(async (request, context) =>
        {
            await using var service = Activate(context);
            return await implementation(service.Instance, request, context);
        });
        Map(method, async call => await call.WriteSingleAsync(method.ResponseMarshaller,
            await pipeline(await call.ReadSingleAsync(method.RequestMarshaller), call)));
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var implementation = Implementation<Func<TService, IAsyncStreamReader<TRequest>, ServerCallContext, Task<TResponse>>>(
            method, typeof(IAsyncStreamReader<TRequest>));
        var pipeline = _settings.Interceptors.AroundClientStreaming<TRequest, TResponse>(async (requests, context) =>
        {
            await using var service = Activate(context);
            return await implementation(service.Instance, requests, context);
        });
        Map(method, async call => await call.WriteSingleAsync(method.ResponseMarshaller,
            await pipeline(new RequestReader<TRequest>(call, method.RequestMarshaller), call)));
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var implementation = Implementation<Func<TService, TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(
            method, typeof(TRequest), typeof(IServerStreamWriter<TResponse>));
        var pipeline = _settings.Interceptors.AroundServerStreaming<TRequest, TResponse>(async (request, responses, context) =>
        {
            await using var service = Activate(context);
            await implementation(service.Instance, request, responses, context);
        });
        Map(method, async call => await pipeline(
            await call.ReadSingleAsync(method.RequestMarshaller), new ResponseWriter<TResponse>(call, method.ResponseMarshaller), call));
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var implementation = Implementation<Func<TService, IAsyncStreamReader<TRequest>, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(
            method, typeof(IAsyncStreamReader<TRequest>), typeof(IServerStreamWriter<TResponse>));
        var pipeline = _settings.Interceptors.AroundDuplex<TRequest, TResponse>(async (requests, responses, context) =>
        {
            await using var service = Activate(context);
            await implementation(service.Instance, requests, responses, context);
        });
        Map(method, call => pipeline(
            new RequestReader<TRequest>(call, method.RequestMarshaller), new ResponseWriter<TResponse>(call, method.ResponseMarshaller), call));
    }

    static Activated<TService> Activate(ServerCallContext context) =>
        Activated<TService>.Get(context.GetHttpContext().RequestServices, typeof(TService), []);

    static TDelegate Implementation<TDelegate>(IMethod method, params Type[] parameters) where TDelegate : Delegate
    {
        var implementation = typeof(TService).GetMethod(
            method.Name, BindingFlags.Public | BindingFlags.Instance, [.. parameters, typeof(ServerCallContext)])
            ?? throw new InvalidOperationException($"{typeof(TService)} has no method for '{method.FullName}'.");
        return implementation.CreateDelegate<TDelegate>();
    }

    void Map(IMethod method, Func<ServerCall, Task> body)
    {
        ServiceName = method.ServiceName;
        var runner = new ServerCallRunner(method, _settings, body);
        _endpoints.Add(endpoints.MapPost(method.FullName, runner.HandleAsync)
            .WithDisplayName($"gRPC - {method.FullName}")
            .WithMetadata(new GrpcMethodMetadata(typeof(TService), method)));
    }
}
