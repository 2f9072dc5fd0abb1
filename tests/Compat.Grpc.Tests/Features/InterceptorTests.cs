using System.Collections.Concurrent;
using Compat.Grpc.Tests.Host;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using static Compat.Grpc.Tests.Host.Calls;

namespace Compat.Grpc.Tests.Features;

public sealed class InterceptorTests
{
    [Fact]
    public async Task Server_GlobalThenService_WrapEveryShapeInOrder()
    {
        var log = new ConcurrentQueue<string>();
        await using var host = await GrpcHost.StartAsync(
            app => app.MapGrpcService<InteropService>(),
            options => options.Interceptors.Add<ServerRecorder>("global"),
            services =>
            {
                services.AddSingleton(log);
                services.AddGrpc().AddServiceOptions<InteropService>(options => options.Interceptors.Add<ServerRecorder>("service"));
            });
        using var channel = host.Channel();
        await CallAllShapesAsync(channel.CreateCallInvoker());
        string[] shapes = ["unary", "client-streaming", "server-streaming", "duplex"];
        Assert.Equal(shapes.SelectMany(shape => new[] { $"global {shape}", $"service {shape}", $"service {shape} done", $"global {shape} done" }), log);
    }

    [Fact]
    public async Task Server_InterceptorThatThrows_SetsTheStatus()
    {
        await using var host = await new ScriptedService().HostAsync(options => options.Interceptors.Add<Refuser>());
        using var channel = host.Channel();
        var status = await StatusOfAsync(() => channel.Client().UnaryCallAsync(new SimpleRequest(), Options).ResponseAsync);
        Assert.Equal((StatusCode.PermissionDenied, "not you"), (status.StatusCode, status.Detail));
    }

    [Fact]
    public async Task Client_Interceptors_WrapEveryShapeFirstOutermost()
    {
        var log = new ConcurrentQueue<string>();
        await using var host = await GrpcHost.StartAsync(app => app.MapGrpcService<InteropService>());
        using var channel = host.Channel();
        await CallAllShapesAsync(channel.Intercept(new ClientRecorder(log, "outer"), new ClientRecorder(log, "inner")));
        string[] shapes = ["unary", "client-streaming", "server-streaming", "duplex"];
        Assert.Equal(shapes.SelectMany(shape => new[] { $"outer {shape}", $"inner {shape}" }), log);
    }

    [Fact]
    public async Task Client_MetadataInterceptor_ReachesTheServer()
    {
        var seen = "";
        await using var host = await new ScriptedService
        {
            Unary = (_, context) =>
            {
                seen = $"{context.RequestHeaders.GetValue("x-site")} {context.Peer.Split(':')[0]} {context.Method}";
                return Task.FromResult(new SimpleResponse());
            },
        }.HostAsync();
        using var channel = host.Channel();
        var client = new TestService.TestServiceClient(channel.Intercept(metadata => new Metadata { { "x-site", "seven" } }));
        await client.UnaryCallAsync(new SimpleRequest(), Options);
        Assert.Equal("seven ipv4 /grpc.testing.TestService/UnaryCall", seen);
    }

    static async Task CallAllShapesAsync(CallInvoker invoker)
    {
        var client = new TestService.TestServiceClient(invoker);
        await client.UnaryCallAsync(new SimpleRequest(), Options);
        using var input = client.StreamingInputCall(Options);
        await input.RequestStream.CompleteAsync();
        await input;
        using var output = client.StreamingOutputCall(new StreamingOutputCallRequest(), Options);
        Assert.False(await output.ResponseStream.MoveNext());
        using var duplex = client.FullDuplexCall(Options);
        await duplex.RequestStream.CompleteAsync();
        Assert.False(await duplex.ResponseStream.MoveNext());
    }

    sealed class ServerRecorder(ConcurrentQueue<string> log, string name) : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
            Record("unary", () => continuation(request, context));

        public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
            Record("client-streaming", () => continuation(requestStream, context));

        public override Task ServerStreamingServerHandler<TRequest, TResponse>(
            TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
            ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
            Record("server-streaming", async () =>
            {
                await continuation(request, responseStream, context);
                return true;
            });

        public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
            DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
            Record("duplex", async () =>
            {
                await continuation(requestStream, responseStream, context);
                return true;
            });

        async Task<T> Record<T>(string shape, Func<Task<T>> call)
        {
            log.Enqueue($"{name} {shape}");
            var result = await call();
            log.Enqueue($"{name} {shape} done");
            return result;
        }
    }

    sealed class Refuser : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
            throw new RpcException(new Status(StatusCode.PermissionDenied, "not you"));
    }

    sealed class ClientRecorder(ConcurrentQueue<string> log, string name) : Interceptor
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            log.Enqueue($"{name} unary");
            return continuation(request, context);
        }

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context, AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation)
        {
            log.Enqueue($"{name} client-streaming");
            return continuation(context);
        }

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation)
        {
            log.Enqueue($"{name} server-streaming");
            return continuation(request, context);
        }

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context, AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation)
        {
            log.Enqueue($"{name} duplex");
            return continuation(context);
        }
    }
}
