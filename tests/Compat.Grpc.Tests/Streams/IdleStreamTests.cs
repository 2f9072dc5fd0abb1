using System.Diagnostics;
using Compat.Grpc.Tests.Host;
using Grpc.Core;
using Grpc.Testing;

namespace Compat.Grpc.Tests.Streams;

/// <summary>Alone in its class, so that it waits beside all the others.</summary>
public sealed class IdleStreamTests
{
    // Kestrel's defaults would end a body slower than 240 bytes a second after 5 s.
    static readonly TimeSpan Idle = TimeSpan.FromSeconds(60);

    [Fact]
    public Task Duplex_IdleForAMinute_GoesOn() => Task.WhenAll(StayIdleAsync(hasKeepAlive: true), StayIdleAsync(hasKeepAlive: false));

    static async Task StayIdleAsync(bool hasKeepAlive)
    {
        var service = new ScriptedService
        {
            Duplex = async (requests, responses, _) =>
            {
                await foreach (var request in requests.ReadAllAsync())
                    await responses.WriteAsync(new StreamingOutputCallResponse { Payload = request.Payload });
            },
        };
        await using var host = await service.HostAsync(limits: limits =>
        {
            if (hasKeepAlive)
                (limits.Http2.KeepAlivePingDelay, limits.Http2.KeepAlivePingTimeout) = (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));
        });
        using var handler = new SocketsHttpHandler();
        if (hasKeepAlive)
            (handler.KeepAlivePingDelay, handler.KeepAlivePingTimeout) = (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));
        using var channel = host.Channel(options => options.HttpHandler = handler);
        using var call = channel.Client().FullDuplexCall(deadline: DateTime.UtcNow + 2 * Idle);
        await AssertEchoAsync(1);
        var clock = Stopwatch.StartNew();
        var quiet = call.ResponseStream.MoveNext();
        // A timer may fire a few milliseconds before the stopwatch agrees that it is due.
        await Task.WhenAny(quiet, Task.Delay(Idle + TimeSpan.FromMilliseconds(100)));
        Assert.False(quiet.IsCompleted);
        Assert.True(clock.Elapsed >= Idle);
        await call.RequestStream.WriteAsync(new StreamingOutputCallRequest { Payload = Calls.Payload(2) });
        Assert.True(await quiet);
        await AssertEchoAsync(3);

        async Task AssertEchoAsync(int size)
        {
            await call.RequestStream.WriteAsync(new StreamingOutputCallRequest { Payload = Calls.Payload(size) });
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(size, call.ResponseStream.Current.Payload.Body.Length);
        }
    }
}
