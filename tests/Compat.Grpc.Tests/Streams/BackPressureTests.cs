using Compat.Grpc.Tests.Host;
using Grpc.Core;
using Grpc.Testing;
using static Compat.Grpc.Tests.Host.Calls;

namespace Compat.Grpc.Tests.Streams;

/// <summary>A stalled reader stops the writer; what is in flight is bounded by the HTTP/2 windows, not by what the writer has to say.</summary>
public sealed class BackPressureTests
{
    const int MessageSize = 64 * 1024;

    // HttpClient's window grows to 16 MiB at most; pipes and sockets hold the rest.
    const long MaxInFlight = 32L << 20;
    const int Messages = 8 * (int)(MaxInFlight / MessageSize);

    // A write that has waited this long is stalled.
    static readonly TimeSpan Stalled = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task ServerStream_ReaderStalls_WriterWaits()
    {
        var stalledAt = new TaskCompletionSource<int>();
        var service = new ScriptedService
        {
            Output = (responses, _) => WriteUntilStalledAsync(
                () => responses.WriteAsync(new StreamingOutputCallResponse { Payload = Payload(MessageSize) }), stalledAt),
        };
        await using var host = await service.HostAsync();
        using var channel = host.Channel();
        using var call = channel.Client().StreamingOutputCall(new StreamingOutputCallRequest(), Options);
        Assert.True(await call.ResponseStream.MoveNext());
        var written = await stalledAt.Task.WaitAsync(Limit);
        Assert.InRange((long)written * MessageSize, MessageSize, MaxInFlight);
        for (var read = 1; read < Messages; read++)
            Assert.True(await call.ResponseStream.MoveNext());
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task ClientStream_ReaderStalls_WriterWaits()
    {
        var goOn = new TaskCompletionSource();
        var service = new ScriptedService
        {
            Input = async (requests, _) =>
            {
                Assert.True(await requests.MoveNext());
                await goOn.Task;
                var count = 1;
                while (await requests.MoveNext())
                    count++;
                return new StreamingInputCallResponse { AggregatedPayloadSize = count };
            },
        };
        await using var host = await service.HostAsync();
        using var channel = host.Channel();
        using var call = channel.Client().StreamingInputCall(Options);
        var stalledAt = new TaskCompletionSource<int>();
        var writing = WriteUntilStalledAsync(
            () => call.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = Payload(MessageSize) }), stalledAt);
        var written = await stalledAt.Task.WaitAsync(Limit);
        Assert.InRange((long)written * MessageSize, MessageSize, MaxInFlight);
        goOn.SetResult();
        await writing;
        await call.RequestStream.CompleteAsync();
        Assert.Equal(Messages, (await call).AggregatedPayloadSize);
    }

    /// <summary>Writes all messages, and reports at which the first write stalled; the first one waits for the connection and is always read.</summary>
    static async Task WriteUntilStalledAsync(Func<Task> write, TaskCompletionSource<int> stalledAt)
    {
        await write();
        for (var i = 1; i < Messages; i++)
        {
            var writing = write();
            if (await Task.WhenAny(writing, Task.Delay(Stalled)) != writing)
                stalledAt.TrySetResult(i);
            await writing;
        }
        stalledAt.TrySetResult(Messages);
    }
}
