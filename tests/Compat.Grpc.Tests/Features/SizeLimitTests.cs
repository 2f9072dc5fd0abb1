using Compat.Grpc.Tests.Host;
using Grpc.Core;
using Grpc.Testing;
using static Compat.Grpc.Tests.Host.Calls;

namespace Compat.Grpc.Tests.Features;

public sealed class SizeLimitTests
{
    const int Limit = 10_000;

    // Around a body of this size: two tags of one byte and two lengths of two.
    const int Overhead = 6;

    static readonly ScriptedService Echo = new() { Unary = (request, _) => Task.FromResult(new SimpleResponse { Payload = Payload(request.ResponseSize) }) };

    [Theory]
    [InlineData("server receives", true)]
    [InlineData("server sends", false)]
    [InlineData("client receives", false)]
    [InlineData("client sends", true)]
    public async Task Message_AtLimit_PassesAndOneByteMoreIsResourceExhausted(string limited, bool isRequest)
    {
        await using var host = await Echo.HostAsync(options =>
        {
            options.MaxReceiveMessageSize = limited == "server receives" ? Limit : null;
            options.MaxSendMessageSize = limited == "server sends" ? Limit : null;
        });
        using var channel = host.Channel(options =>
        {
            options.MaxReceiveMessageSize = limited == "client receives" ? Limit : null;
            options.MaxSendMessageSize = limited == "client sends" ? Limit : null;
        });
        await channel.Client().UnaryCallAsync(Request(0), Options);
        var status = await StatusOfAsync(() => channel.Client().UnaryCallAsync(Request(1), Options).ResponseAsync);
        Assert.Equal(StatusCode.ResourceExhausted, status.StatusCode);
        Assert.Contains(PackageSet.Pick($"{Limit}", "maximum"), status.Detail, StringComparison.Ordinal);

        SimpleRequest Request(int excess)
        {
            var message = isRequest
                ? new SimpleRequest { Payload = Payload(Limit - Overhead + excess) }
                : new SimpleRequest { ResponseSize = Limit - Overhead + excess };
            var size = isRequest ? message.CalculateSize() : new SimpleResponse { Payload = Payload(message.ResponseSize) }.CalculateSize();
            Assert.Equal(Limit + excess, size);
            return message;
        }
    }

    [Fact]
    public async Task Receive_ByDefault_IsFourMebibytes()
    {
        await using var host = await Echo.HostAsync();
        using var channel = host.Channel();
        var code = await CodeOfAsync(() => channel.Client().UnaryCallAsync(new SimpleRequest { Payload = Payload(4 << 20) }, Options).ResponseAsync);
        Assert.Equal(StatusCode.ResourceExhausted, code);
    }

    [Fact]
    public async Task Stream_OversizeResponse_EndsTheStreamNotTheChannel()
    {
        var service = new ScriptedService { Output = (responses, _) => responses.WriteAsync(new StreamingOutputCallResponse { Payload = Payload(5 << 20) }) };
        await using var host = await service.HostAsync();
        using var channel = host.Channel();
        using var call = channel.Client().StreamingOutputCall(new StreamingOutputCallRequest(), Options);
        Assert.Equal(StatusCode.ResourceExhausted, await CodeOfAsync(() => call.ResponseStream.MoveNext()));
        await channel.Client().UnaryCallAsync(new SimpleRequest(), Options);
    }
}
