using Compat.Grpc.Tests.Host;
using Grpc.Core;
using Grpc.Testing;

namespace Compat.Grpc.Tests.Streams;

public sealed class LongStreamTests
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task ClientStream_200Mebibytes_PassesKestrelsBodyLimitIntact()
    {
        const int size = 256 * 1024;
        const int count = 800;
        var service = new ScriptedService
        {
            Input = async (requests, _) =>
            {
                var matching = 0;
                await foreach (var request in requests.ReadAllAsync())
                    matching += request.Payload.Body.Length == size && request.Payload.Body.Span.IndexOfAnyExcept((byte)matching) < 0 ? 1 : 0;
                return new StreamingInputCallResponse { AggregatedPayloadSize = matching };
            },
        };
        await using var host = await service.HostAsync();
        using var channel = host.Channel();
        using var call = channel.Client().StreamingInputCall(deadline: DateTime.UtcNow + Limit);
        for (var i = 0; i < count; i++)
            await call.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = Calls.Payload(size, (byte)i) });
        await call.RequestStream.CompleteAsync();
        Assert.Equal(count, (await call).AggregatedPayloadSize);
    }

    [Fact]
    public async Task UnaryCall_OverKestrelsBodyLimit_IsRefusedCleanly()
    {
        await using var host = await new ScriptedService().HostAsync(options => options.MaxReceiveMessageSize = null);
        using var channel = host.Channel();
        var call = channel.Client().UnaryCallAsync(new SimpleRequest { Payload = Calls.Payload(31 << 20) }, Calls.Options);
        Assert.Equal(PackageSet.Pick(StatusCode.ResourceExhausted, StatusCode.Unknown), await Calls.CodeOfAsync(() => call.ResponseAsync));
    }
}
