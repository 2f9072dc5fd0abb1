using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Compat.Grpc.Tests.Host;

namespace Compat.Grpc.Tests.Wire;

/// <summary>Our client against a server that breaks the protocol: each breach has its status, none hangs.</summary>
public sealed class MalformedResponseTests
{
    static readonly Dictionary<string, Func<HttpContext, Task>> Breaches = new()
    {
        ["bad flag"] = http => RespondAsync(http, RawHttp2.Frame([], flag: 9), "0"),
        ["oversize"] = http => RespondAsync(http, RawHttp2.Frame([], length: 5 << 20), "0"),
        ["truncated"] = http => RespondAsync(http, RawHttp2.Frame([1], length: 50), "0"),
        ["garbage message"] = http => RespondAsync(http, RawHttp2.Frame([0xff, 0xff, 0xff]), "0"),
        ["two messages"] = http => RespondAsync(http, [.. RawHttp2.Frame([]), .. RawHttp2.Frame([])], "0"),
        ["no message"] = http => RespondAsync(http, [], "0"),
        ["unknown compression"] = http =>
        {
            http.Response.Headers["grpc-encoding"] = "snappy";
            return RespondAsync(http, RawHttp2.Frame([], flag: 1), "0");
        },
        ["no status"] = http => RespondAsync(http, RawHttp2.Frame([]), null),
        ["bad status"] = http => RespondAsync(http, RawHttp2.Frame([]), "often"),
        ["unknown status"] = http => RespondAsync(http, RawHttp2.Frame([]), "99"),
        ["not grpc"] = http => http.Response.WriteAsync("<html>"),
        ["http 503"] = http => SetAsync(http, 503),
        ["http 404"] = http => SetAsync(http, 404),
        ["http 401"] = http => SetAsync(http, 401),
        ["reset cancel"] = http => ResetAsync(http, 8),
        ["reset refused"] = http => ResetAsync(http, 7),
        ["reset internal"] = http => ResetAsync(http, 2),
        ["reset calm"] = http => ResetAsync(http, 11),
    };

    [Theory]
    [InlineData("bad flag", StatusCode.Internal)]
    [InlineData("oversize", StatusCode.ResourceExhausted)]
    [InlineData("truncated", StatusCode.Internal)]
    [InlineData("garbage message", StatusCode.Internal, StatusCode.Unavailable)]
    [InlineData("two messages", StatusCode.Internal)]
    [InlineData("no message", StatusCode.Internal)]
    [InlineData("unknown compression", StatusCode.Unimplemented)]
    [InlineData("no status", StatusCode.Cancelled)]
    [InlineData("bad status", StatusCode.Cancelled)]
    [InlineData("unknown status", StatusCode.Unknown, (StatusCode)99)]
    [InlineData("not grpc", StatusCode.Cancelled)]
    [InlineData("http 503", StatusCode.Unavailable)]
    [InlineData("http 404", StatusCode.Unimplemented)]
    [InlineData("http 401", StatusCode.Unauthenticated)]
    [InlineData("reset cancel", StatusCode.Cancelled)]
    [InlineData("reset refused", StatusCode.Unavailable)]
    [InlineData("reset internal", StatusCode.Internal)]
    [InlineData("reset calm", StatusCode.ResourceExhausted)]
    public async Task Response_Malformed_EndsInItsStatus(string breach, StatusCode expected, StatusCode? official = null)
    {
        await using var host = await GrpcHost.StartAsync(app => app.MapPost("/grpc.testing.TestService/UnaryCall", (RequestDelegate)(http => Breaches[breach](http))));
        using var channel = host.Channel();
        var call = new TestService.TestServiceClient(channel).UnaryCallAsync(new SimpleRequest(), deadline: DateTime.UtcNow.AddSeconds(20));
        Assert.Equal(PackageSet.Pick(expected, official ?? expected), (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode);
    }

    [Fact]
    public async Task Connect_NobodyListens_IsUnavailable()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://{listener.LocalEndpoint}";
        listener.Stop();
        using var channel = GrpcChannel.ForAddress(address);
        var error = await Assert.ThrowsAsync<RpcException>(() => new TestService.TestServiceClient(channel).EmptyCallAsync(new Empty()).ResponseAsync);
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
    }

    static async Task RespondAsync(HttpContext http, byte[] body, string? status)
    {
        http.Response.ContentType = "application/grpc";
        await http.Response.Body.WriteAsync(body);
        await http.Response.Body.FlushAsync();
        if (status is not null)
            http.Response.AppendTrailer("grpc-status", status);
    }

    static Task SetAsync(HttpContext http, int code)
    {
        http.Response.StatusCode = code;
        return Task.CompletedTask;
    }

    static Task ResetAsync(HttpContext http, int code)
    {
        http.Features.GetRequiredFeature<IHttpResetFeature>().Reset(code);
        return Task.CompletedTask;
    }
}
