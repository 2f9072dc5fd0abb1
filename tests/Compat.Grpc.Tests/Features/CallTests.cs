using Compat.Grpc.Tests.Host;
using Compat.Grpc.Tests.Wire;
using Grpc.Core;
using Grpc.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using static Compat.Grpc.Tests.Host.Calls;

namespace Compat.Grpc.Tests.Features;

public sealed class CallTests
{
    [Fact]
    public async Task Headers_SentBeforeTheFirstMessage_ArriveBeforeIt()
    {
        var goOn = new TaskCompletionSource();
        var service = new ScriptedService
        {
            Output = async (responses, context) =>
            {
                await context.WriteResponseHeadersAsync(new Metadata { { "x-early", "1" }, { "x-bytes-bin", [0, 255] } });
                await goOn.Task;
                await Assert.ThrowsAsync<InvalidOperationException>(() => context.WriteResponseHeadersAsync([]));
                await responses.WriteAsync(new StreamingOutputCallResponse());
            },
        };
        await using var host = await service.HostAsync();
        using var channel = host.Channel();
        using var call = channel.Client().StreamingOutputCall(new StreamingOutputCallRequest(), Options);
        var headers = await call.ResponseHeadersAsync.WaitAsync(Limit);
        Assert.Equal(("1", "00-FF"), (headers.GetValue("x-early"), BitConverter.ToString(headers.GetValueBytes("x-bytes-bin")!)));
        Assert.Throws<InvalidOperationException>(() => call.GetStatus());
        goOn.SetResult();
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Theory]
    [InlineData(false, "Exception was thrown by handler.")]
    [InlineData(true, "Exception was thrown by handler. InvalidOperationException: secret")]
    public async Task Handler_Throws_TellsOnlyWhatIsAllowed(bool detailed, string expected)
    {
        await using var host = await new ScriptedService { Unary = (_, _) => throw new InvalidOperationException("secret") }
            .HostAsync(options => options.EnableDetailedErrors = detailed);
        using var channel = host.Channel();
        var status = await StatusOfAsync(() => channel.Client().UnaryCallAsync(new SimpleRequest(), Options).ResponseAsync);
        Assert.Equal((StatusCode.Unknown, expected), (status.StatusCode, status.Detail));
    }

    [Fact]
    public async Task Handler_SetsStatusAndTrailers_ReachTheClient()
    {
        var service = new ScriptedService
        {
            Unary = (_, context) =>
            {
                context.Status = new Status(StatusCode.AlreadyExists, "twice");
                context.ResponseTrailers.Add("x-which", "7");
                return Task.FromResult(new SimpleResponse());
            },
        };
        await using var host = await service.HostAsync();
        using var channel = host.Channel();
        var error = await Assert.ThrowsAsync<RpcException>(() => channel.Client().UnaryCallAsync(new SimpleRequest(), Options).ResponseAsync);
        Assert.Equal((StatusCode.AlreadyExists, "twice", "7"), (error.StatusCode, error.Status.Detail, error.Trailers.GetValue("x-which")));
    }

    [Theory]
    [InlineData("plain text ~!", "plain text ~!")]
    [InlineData("100%", "100%25")]
    [InlineData("é\n", "%C3%A9%0A")]
    [InlineData("😈", "%F0%9F%98%88")]
    public async Task StatusMessage_OnTheWire_IsPercentEncoded(string message, string encoded)
    {
        await using var host = await new ScriptedService { Unary = (_, _) => throw new RpcException(new Status(StatusCode.NotFound, message)) }.HostAsync();
        using var raw = new RawHttp2(host.Address);
        Assert.Equal(encoded, (await raw.PostAsync("UnaryCall", RawHttp2.Frame([]))).Fields["grpc-message"]);
    }

    [Theory]
    [InlineData("%E2%98%BA", "☺")]
    [InlineData("50% off %", "50% off %")]
    [InlineData("%zz%4", "%zz%4")]
    [InlineData("a%20b", "a b")]
    public async Task StatusMessage_FromAnySender_IsDecodedLeniently(string wire, string message)
    {
        await using var host = await GrpcHost.StartAsync(app => app.MapPost("/grpc.testing.TestService/UnaryCall", (RequestDelegate)(http =>
        {
            http.Response.ContentType = "application/grpc";
            http.Response.Headers["grpc-status"] = "5";
            http.Response.Headers["grpc-message"] = wire;
            return Task.CompletedTask;
        })));
        using var channel = host.Channel();
        var status = await StatusOfAsync(() => channel.Client().UnaryCallAsync(new SimpleRequest(), Options).ResponseAsync);
        Assert.Equal((StatusCode.NotFound, message), (status.StatusCode, status.Detail));
    }

    [Fact]
    public async Task Writer_MisusedByItsOwner_SaysHow()
    {
        var goOn = new TaskCompletionSource();
        await using var host = await new ScriptedService { Input = async (_, _) =>
        {
            await goOn.Task;
            return new StreamingInputCallResponse();
        } }.HostAsync();
        using var channel = host.Channel();
        using var call = channel.Client().StreamingInputCall(Options);
        var pending = call.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = Payload(3_000_000) });
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(new StreamingInputCallRequest()));
        goOn.SetResult();
        await call.ResponseAsync;
        await pending.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    [Fact]
    public async Task Calls_ManyAtOnce_AllAnswer()
    {
        await using var host = await new ScriptedService { Unary = (request, _) => Task.FromResult(new SimpleResponse { Payload = request.Payload }) }.HostAsync();
        using var channel = host.Channel();
        var calls = Enumerable.Range(0, 500).Select(async i =>
            (await channel.Client().UnaryCallAsync(new SimpleRequest { Payload = Payload(i) }, Options)).Payload.Body.Length);
        Assert.Equal(Enumerable.Range(0, 500), await Task.WhenAll(calls));
    }

    [Fact]
    public void MapGrpcService_WithoutAddGrpc_SaysSo()
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        Assert.Contains("AddGrpc", Assert.Throws<InvalidOperationException>(() => app.MapGrpcService<InteropService>()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Upper-Case", "upper-case")]
    [InlineData("with space", null)]
    [InlineData("späße", null)]
    public void MetadataKey_ByItsCharacters_IsNormalisedOrRefused(string key, string? normal)
    {
        if (normal is null)
            Assert.Throws<ArgumentException>(() => new Metadata.Entry(key, "value"));
        else
            Assert.Equal(normal, new Metadata.Entry(key, "value").Key);
    }
}
