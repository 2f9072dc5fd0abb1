using Compat.Grpc.Tests.Host;
using Grpc.Core;
using Grpc.Testing;
using static Compat.Grpc.Tests.Host.Calls;

namespace Compat.Grpc.Tests.Features;

public sealed class CancellationTests
{
    [Theory]
    [InlineData("token")]
    [InlineData("dispose")]
    [InlineData("channel")]
    [InlineData("read")]
    public async Task Client_GivesUp_ReachesTheHandler(string how)
    {
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        var service = new ScriptedService
        {
            Duplex = async (requests, _, context) =>
            {
                using var registration = context.CancellationToken.Register(cancelled.SetResult);
                started.SetResult();
                await Task.Delay(Limit, context.CancellationToken);
            },
        };
        await using var host = await service.HostAsync();
        using var channel = host.Channel();
        using var stop = new CancellationTokenSource();
        using var read = new CancellationTokenSource();
        using var call = channel.Client().FullDuplexCall(cancellationToken: stop.Token);
        var reading = call.ResponseStream.MoveNext(read.Token);
        await started.Task.WaitAsync(Limit);
        switch (how)
        {
            case "token": await stop.CancelAsync(); break;
            case "dispose": call.Dispose(); break;
            case "channel": channel.Dispose(); break;
            case "read": await read.CancelAsync(); break;
        }
        await cancelled.Task.WaitAsync(Limit);
        Assert.Equal(StatusCode.Cancelled, await CodeOfAsync(() => reading.WaitAsync(Limit)));
    }

    [Fact]
    public async Task Token_AlreadyCancelled_EndsTheCallAtOnce()
    {
        await using var host = await new ScriptedService().HostAsync();
        using var channel = host.Channel();
        var call = channel.Client().UnaryCallAsync(new SimpleRequest(), cancellationToken: new CancellationToken(true));
        Assert.Equal(StatusCode.Cancelled, await CodeOfAsync(() => call.ResponseAsync));
    }

    [Fact]
    public async Task Channel_WithOperationCanceledOption_ThrowsThat()
    {
        await using var host = await new ScriptedService { Unary = async (_, context) =>
        {
            await Task.Delay(Limit, context.CancellationToken);
            return new SimpleResponse();
        } }.HostAsync();
        using var channel = host.Channel(options => options.ThrowOperationCanceledOnCancellation = true);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        var call = channel.Client().UnaryCallAsync(new SimpleRequest(), cancellationToken: stop.Token);
        var error = await Assert.ThrowsAsync<OperationCanceledException>(() => call.ResponseAsync);
        Assert.Equal(stop.Token, error.CancellationToken);
    }

    [Fact]
    public async Task Server_StopsReading_EndsTheWriterAndShowsItsStatus()
    {
        var service = new ScriptedService
        {
            Input = async (requests, _) =>
            {
                await requests.MoveNext();
                throw new RpcException(new Status(StatusCode.ResourceExhausted, "enough"), new Metadata { { "x-limit", "1" } });
            },
        };
        await using var host = await service.HostAsync();
        using var channel = host.Channel();
        using var call = channel.Client().StreamingInputCall(Options);
        var writing = async () =>
        {
            while (true)
                await call.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = Payload(50_000) });
        };
        await Assert.ThrowsAsync<RpcException>(writing);
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Equal((StatusCode.ResourceExhausted, "enough", "1"), (error.StatusCode, error.Status.Detail, error.Trailers.GetValue("x-limit")));
    }

    [Fact]
    public async Task Server_EndsDuplexEarly_StopsWriterAndShowsStatusToReader()
    {
        var service = new ScriptedService
        {
            Duplex = async (_, responses, _) =>
            {
                await responses.WriteAsync(new StreamingOutputCallResponse());
                throw new RpcException(new Status(StatusCode.Aborted, "over"));
            },
        };
        await using var host = await service.HostAsync();
        using var channel = host.Channel();
        using var call = channel.Client().FullDuplexCall(Options);
        await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (true)
                await call.RequestStream.WriteAsync(new StreamingOutputCallRequest { Payload = Payload(50_000) });
        });
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.Equal("over", (await StatusOfAsync(() => call.ResponseStream.MoveNext())).Detail);
    }
}
