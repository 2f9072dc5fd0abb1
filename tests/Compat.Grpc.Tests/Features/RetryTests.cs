using System.Diagnostics;
using Compat.Grpc.Tests.Host;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using Grpc.Testing;
using static Compat.Grpc.Tests.Host.Calls;

namespace Compat.Grpc.Tests.Features;

public sealed class RetryTests
{
    [Theory]
    [InlineData(StatusCode.Unavailable, 2, 4, StatusCode.OK, 3)]
    [InlineData(StatusCode.Unavailable, 9, 4, StatusCode.Unavailable, 4)]
    [InlineData(StatusCode.Internal, 2, 4, StatusCode.Internal, 1)]
    [InlineData(StatusCode.Unavailable, 9, 9, StatusCode.Unavailable, 5)]
    public async Task Unary_FailsSomeTimes_IsRepeatedAsThePolicySays(
        StatusCode failure, int failures, int maxAttempts, StatusCode expected, int expectedAttempts)
    {
        var attempts = new List<string?>();
        var service = new ScriptedService
        {
            Unary = (request, context) =>
            {
                attempts.Add(context.RequestHeaders.GetValue("grpc-previous-rpc-attempts"));
                return attempts.Count <= failures
                    ? throw new RpcException(new Status(failure, "not now"))
                    : Task.FromResult(new SimpleResponse { Payload = request.Payload });
            },
        };
        await using var host = await service.HostAsync();
        using var channel = host.Channel(options => WithRetries(options, maxAttempts));
        using var call = channel.Client().UnaryCallAsync(new SimpleRequest { Payload = Payload(5000, 1) }, Options);
        if (expected == StatusCode.OK)
            Assert.Equal(Payload(5000, 1), (await call).Payload);
        else
            await CodeOfAsync(() => call.ResponseAsync);
        Assert.Equal(expected, call.GetStatus().StatusCode);
        Assert.Equal(new[] { null, "1", "2", "3", "4" }.Take(expectedAttempts), attempts);
    }

    [Fact]
    public async Task ClientStream_FailsAfterMessages_ReplaysThem()
    {
        var received = new List<int>();
        var attempts = 0;
        var service = new ScriptedService
        {
            Input = async (requests, _) =>
            {
                received.Clear();
                attempts++;
                await foreach (var request in requests.ReadAllAsync())
                {
                    received.Add(request.Payload.Body.Length);
                    if (attempts == 1 && received.Count == 2)
                        throw new RpcException(new Status(StatusCode.Unavailable, "not now"));
                }
                return new StreamingInputCallResponse { AggregatedPayloadSize = received.Sum() };
            },
        };
        await using var host = await service.HostAsync();
        using var channel = host.Channel(options => WithRetries(options, 3));
        using var call = channel.Client().StreamingInputCall(Options);
        foreach (var size in new[] { 10, 20, 30, 40 })
            await call.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = Payload(size) });
        await call.RequestStream.CompleteAsync();
        Assert.Equal(100, (await call).AggregatedPayloadSize);
        Assert.Equal((2, "10,20,30,40"), (attempts, string.Join(',', received)));
    }

    [Fact]
    public async Task ClientStream_BeyondTheBuffer_IsNotRepeated()
    {
        var attempts = 0;
        var service = new ScriptedService
        {
            Input = async (requests, _) =>
            {
                attempts++;
                await requests.MoveNext(CancellationToken.None);
                await requests.MoveNext(CancellationToken.None);
                throw new RpcException(new Status(StatusCode.Unavailable, "not now"));
            },
        };
        await using var host = await service.HostAsync();
        using var channel = host.Channel(options =>
        {
            WithRetries(options, 3);
            options.MaxRetryBufferPerCallSize = 1000;
        });
        using var call = channel.Client().StreamingInputCall(Options);
        await call.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = Payload(600) });
        await call.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = Payload(600) });
        Assert.Equal(StatusCode.Unavailable, await CodeOfAsync(() => call.ResponseAsync));
        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task ServerStream_FailsAfterHeaders_IsNotRepeated()
    {
        var attempts = 0;
        var service = new ScriptedService
        {
            Output = async (responses, _) =>
            {
                attempts++;
                await responses.WriteAsync(new StreamingOutputCallResponse());
                throw new RpcException(new Status(StatusCode.Unavailable, "not now"));
            },
        };
        await using var host = await service.HostAsync();
        using var channel = host.Channel(options => WithRetries(options, 3));
        using var call = channel.Client().StreamingOutputCall(new StreamingOutputCallRequest(), Options);
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.Unavailable, await CodeOfAsync(() => call.ResponseStream.MoveNext()));
        Assert.Equal(1, attempts);
    }

    [Theory]
    [InlineData("-1", 1, 0)]
    [InlineData("300", 2, 250)]
    public async Task Pushback_FromServer_DecidesWhetherAndWhen(string pushback, int expectedAttempts, int atLeastMilliseconds)
    {
        var attempts = 0;
        var service = new ScriptedService
        {
            Unary = (_, _) => ++attempts == 1
                ? throw new RpcException(new Status(StatusCode.Unavailable, "later"), new Metadata { { "grpc-retry-pushback-ms", pushback } })
                : Task.FromResult(new SimpleResponse()),
        };
        await using var host = await service.HostAsync();
        using var channel = host.Channel(options => WithRetries(options, 5));
        var clock = Stopwatch.StartNew();
        using var call = channel.Client().UnaryCallAsync(new SimpleRequest(), Options);
        await call.ResponseAsync.ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.Equal(expectedAttempts, attempts);
        Assert.True(clock.ElapsedMilliseconds >= atLeastMilliseconds);
    }

    [Fact]
    public async Task Policy_Incomplete_NamesTheMember()
    {
        await using var host = await new ScriptedService().HostAsync();
        using var channel = host.Channel(options => options.ServiceConfig = new ServiceConfig
        {
            MethodConfigs = { new MethodConfig { Names = { MethodName.Default }, RetryPolicy = new RetryPolicy { MaxAttempts = 1 } } },
        });
        var error = Assert.Throws<InvalidOperationException>(() => channel.Client().UnaryCallAsync(new SimpleRequest(), Options));
        Assert.Contains(PackageSet.Pick("MaxAttempts", "max attempts"), error.Message, StringComparison.Ordinal);
    }

    static void WithRetries(GrpcChannelOptions options, int maxAttempts) => options.ServiceConfig = new ServiceConfig
    {
        MethodConfigs =
        {
            new MethodConfig
            {
                Names = { new MethodName { Service = "grpc.testing.TestService" } },
                RetryPolicy = new RetryPolicy
                {
                    MaxAttempts = maxAttempts,
                    InitialBackoff = TimeSpan.FromMilliseconds(5),
                    MaxBackoff = TimeSpan.FromMilliseconds(20),
                    BackoffMultiplier = 2,
                    RetryableStatusCodes = { StatusCode.Unavailable },
                },
            },
        },
    };
}
