using System.Diagnostics;
using System.Globalization;
using Compat.Grpc.Tests.Host;
using Compat.Grpc.Tests.Wire;
using Grpc.Core;
using Grpc.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using static Compat.Grpc.Tests.Host.Calls;

namespace Compat.Grpc.Tests.Features;

public sealed class DeadlineTests
{
    static readonly byte[] Message = RawHttp2.Frame([]);

    [Theory]
    [InlineData("100m", 0.1)]
    [InlineData("3S", 3)]
    [InlineData("2M", 120)]
    [InlineData("1H", 3600)]
    [InlineData("5000000u", 5)]
    [InlineData("99999999n", 0.1)]
    public async Task Server_TimeoutHeader_BecomesTheDeadline(string timeout, double seconds)
    {
        var remaining = TimeSpan.Zero;
        await using var host = await new ScriptedService
        {
            Unary = (_, context) =>
            {
                remaining = context.Deadline - DateTime.UtcNow;
                return Task.FromResult(new SimpleResponse());
            },
        }.HostAsync();
        using var raw = new RawHttp2(host.Address);
        await raw.PostAsync("UnaryCall", Message, ("grpc-timeout", timeout));
        Assert.InRange(remaining.TotalSeconds, seconds - 2, seconds);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Server_DeadlinePasses_AnswersWhetherTheHandlerListensOrNot(bool listens)
    {
        var release = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        var service = new ScriptedService
        {
            Unary = async (_, context) =>
            {
                using var registration = context.CancellationToken.Register(cancelled.SetResult);
                await (listens ? Task.Delay(Limit, context.CancellationToken) : release.Task);
                return new SimpleResponse();
            },
        };
        await using var host = await service.HostAsync();
        using var raw = new RawHttp2(host.Address);
        var response = await raw.PostAsync("UnaryCall", Message, ("grpc-timeout", "100m"));
        Assert.Equal($"{(int)StatusCode.DeadlineExceeded}", response.GrpcStatus);
        await cancelled.Task.WaitAsync(Limit);
        release.SetResult();
    }

    [Theory]
    [InlineData(2.5)]
    [InlineData(90)]
    [InlineData(86_400 * 300)]
    public async Task Client_Deadline_IsSentInTheHeadersForm(double seconds)
    {
        string? header = null;
        await using var host = await GrpcHost.StartAsync(app => app.MapPost("/grpc.testing.TestService/UnaryCall", (RequestDelegate)(http =>
        {
            header = http.Request.Headers["grpc-timeout"];
            return Task.CompletedTask;
        })));
        using var channel = host.Channel();
        await CodeOfAsync(() => channel.Client().UnaryCallAsync(new SimpleRequest(), deadline: DateTime.UtcNow.AddSeconds(seconds)).ResponseAsync);
        Assert.Matches("^[0-9]{1,8}[HMSmun]$", header);
        var unit = header![^1] switch { 'm' => 0.001, 'S' => 1.0, 'M' => 60, 'H' => 3600, _ => 0 };
        Assert.InRange(double.Parse(header[..^1], CultureInfo.InvariantCulture) * unit, Math.Max(0.001, seconds * 0.99 - 2), seconds + unit);
    }

    [Fact]
    public async Task Client_DeadlineAlreadyPassed_SendsNothing()
    {
        var calls = 0;
        await using var host = await new ScriptedService
        {
            Unary = (_, _) =>
            {
                calls++;
                return Task.FromResult(new SimpleResponse());
            },
        }.HostAsync();
        using var channel = host.Channel();
        Assert.Equal(StatusCode.DeadlineExceeded,
            await CodeOfAsync(() => channel.Client().UnaryCallAsync(new SimpleRequest(), deadline: DateTime.UtcNow.AddSeconds(-1)).ResponseAsync));
        Assert.Equal(0, calls);
    }

    [Fact]
    public async Task Client_DeadlinePasses_EndsIdleStreamOnTime()
    {
        await using var host = await new ScriptedService { Duplex = (_, _, context) => Task.Delay(Limit, context.CancellationToken) }.HostAsync();
        using var channel = host.Channel();
        var clock = Stopwatch.StartNew();
        using var call = channel.Client().FullDuplexCall(deadline: DateTime.UtcNow.AddMilliseconds(200));
        Assert.Equal(StatusCode.DeadlineExceeded, await CodeOfAsync(() => call.ResponseStream.MoveNext()));
        Assert.Equal(StatusCode.DeadlineExceeded, await CodeOfAsync(() => call.RequestStream.WriteAsync(new StreamingOutputCallRequest())));
        Assert.Equal(StatusCode.DeadlineExceeded, call.GetStatus().StatusCode);
        Assert.InRange(clock.ElapsedMilliseconds, 150, 5000);
    }

    [Fact]
    public async Task Client_DeadlineInLocalTime_IsRefused()
    {
        await using var host = await new ScriptedService().HostAsync();
        using var channel = host.Channel();
        Assert.Throws<InvalidOperationException>(() => channel.Client().UnaryCallAsync(new SimpleRequest(), deadline: DateTime.Now.AddSeconds(9)));
    }
}
