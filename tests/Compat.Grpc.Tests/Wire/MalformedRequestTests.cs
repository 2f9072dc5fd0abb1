using System.Net;
using System.Net.Sockets;
using System.Text;
using Compat.Grpc.Tests.Host;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Testing;
using Microsoft.AspNetCore.Builder;

namespace Compat.Grpc.Tests.Wire;

/// <summary>What is not gRPC gets the protocol's answer, and the server goes on serving.</summary>
public sealed class MalformedRequestTests : IAsyncLifetime
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    static readonly byte[] EmptyFrame = RawHttp2.Frame([]);
    static readonly byte[] Garbage = [0xff, 0xff, 0xff, 0xff, 0xff];

    GrpcHost _host = null!;
    RawHttp2 _raw = null!;

    public static TheoryData<string, string, byte[], string, StatusCode, StatusCode> Bodies => new()
    {
        { "bad flag", "UnaryCall", RawHttp2.Frame([], flag: 7), "identity", StatusCode.Internal, StatusCode.Unknown },
        { "no prefix", "UnaryCall", [0, 0, 0], "identity", StatusCode.Internal, StatusCode.Internal },
        { "no message", "UnaryCall", [], "identity", StatusCode.Internal, StatusCode.Internal },
        { "two messages", "UnaryCall", [.. EmptyFrame, .. EmptyFrame], "identity", StatusCode.Internal, StatusCode.Internal },
        { "length beyond the end", "UnaryCall", RawHttp2.Frame([8, 0], length: 900), "identity", StatusCode.Internal, StatusCode.Internal },
        { "length over the limit", "UnaryCall", RawHttp2.Frame([], length: 5 << 20), "identity", StatusCode.ResourceExhausted, StatusCode.ResourceExhausted },
        { "length of 4 GiB", "StreamingInputCall", RawHttp2.Frame([], length: uint.MaxValue), "identity", StatusCode.ResourceExhausted, StatusCode.Unknown },
        { "garbage message", "UnaryCall", RawHttp2.Frame(Garbage), "identity", StatusCode.Internal, StatusCode.Unknown },
        { "garbage in a stream", "StreamingInputCall", [.. EmptyFrame, .. RawHttp2.Frame(Garbage)], "identity", StatusCode.Internal, StatusCode.Unknown },
        { "compressed without encoding", "UnaryCall", RawHttp2.Frame([], flag: 1), "identity", StatusCode.Internal, StatusCode.Internal },
        { "unknown compression", "UnaryCall", RawHttp2.Frame([], flag: 1), "snappy", StatusCode.Unimplemented, StatusCode.Unimplemented },
        { "garbage gzip", "UnaryCall", RawHttp2.Frame(Garbage, flag: 1), "gzip", StatusCode.Internal, StatusCode.Unknown },
        { "truncated in a stream", "StreamingInputCall", [.. EmptyFrame, 0, 0, 0], "identity", StatusCode.Internal, StatusCode.Internal },
    };

    public async ValueTask InitializeAsync()
    {
        _host = await GrpcHost.StartAsync(app => app.MapGrpcService<InteropService>());
        _raw = new RawHttp2(_host.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await AssertStillServesAsync();
        _raw.Dispose();
        await _host.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Body_Malformed_EndsInTheStatusOfTheProtocol(string name, string method, byte[] body, string encoding, StatusCode expected, StatusCode official)
    {
        Assert.NotEmpty(name);
        var response = await _raw.PostAsync(method, body, ("grpc-encoding", encoding));
        Assert.Equal((200, $"{(int)PackageSet.Pick(expected, official)}"), (response.HttpStatus, response.GrpcStatus));
        Assert.DoesNotContain("   at ", response.Fields.GetValueOrDefault("grpc-message") ?? "");
    }

    [Fact]
    public async Task UnknownCompression_Response_NamesTheKnown()
    {
        var response = await _raw.PostAsync("UnaryCall", RawHttp2.Frame([], flag: 1), ("grpc-encoding", "snappy"));
        Assert.StartsWith("identity,gzip", response.Fields["grpc-accept-encoding"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json", 415)]
    [InlineData("application/grpcx", 415)]
    [InlineData("application/grpc+proto", 200)]
    [InlineData("application/grpc;charset=utf-8", 200)]
    public async Task ContentType_ByValue_IsAcceptedOrRefused(string contentType, int httpStatus) =>
        Assert.Equal(httpStatus, (await _raw.PostAsync("EmptyCall", EmptyFrame, ("content-type", contentType))).HttpStatus);

    [Theory]
    [InlineData("grpc-timeout", "soon")]
    [InlineData("grpc-timeout", "999999999999S")]
    [InlineData("grpc-timeout", "99999999H")]
    [InlineData("x-unrelated-bin", "!not base64!")]
    public async Task Header_Malformed_DoesNotHurtACallThatDoesNotUseIt(string name, string value)
    {
        var response = await _raw.PostAsync("UnaryCall", EmptyFrame, (name, value));
        Assert.Contains(response.GrpcStatus, new[] { "0", PackageSet.Pick("13", "2") });
    }

    [Fact]
    public async Task Bomb_GzipOfZeros_IsRefusedAtTheLimit()
    {
        var zeros = new SimpleRequest { Payload = new Payload { Body = ByteString.CopyFrom(new byte[64 << 20]) } };
        using var compressed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(compressed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
            zeros.WriteTo(gzip);
        var response = await _raw.PostAsync("UnaryCall", RawHttp2.Frame(compressed.ToArray(), flag: 1), ("grpc-encoding", "gzip"));
        Assert.Equal($"{(int)PackageSet.Pick(StatusCode.ResourceExhausted, StatusCode.OK)}", response.GrpcStatus);
    }

    [Fact]
    public async Task ResetStreams_Many_LeaveTheServerServing()
    {
        for (var i = 0; i < 200; i++)
        {
            using var stop = new CancellationTokenSource();
            using var request = RawHttp2.Request("StreamingInputCall", new HangingContent(stop));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _raw.SendAsync(request, stop.Token).WaitAsync(Limit));
        }
        await AssertStillServesAsync();
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 400 Bad Request")]
    [InlineData("POST /grpc.testing.TestService/EmptyCall HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n\0\0\0\0\0", "HTTP/1.1 400 Bad Request")]
    public async Task Http1_OnTheGrpcPort_GetsKestrelsAnswer(string request, string answer) =>
        Assert.StartsWith(answer, await ExchangeAsync(Encoding.ASCII.GetBytes(request)), StringComparison.Ordinal);

    [Fact]
    public async Task GarbageBytes_OnTheGrpcPort_EndTheConnectionOnly()
    {
        await ExchangeAsync([.. Enumerable.Range(0, 4096).Select(i => (byte)(i * 131))]);
        await AssertStillServesAsync();
    }

    async Task<string> ExchangeAsync(byte[] bytes)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, _host.Address.Port);
        await tcp.GetStream().WriteAsync(bytes);
        using var answer = new MemoryStream();
        try
        {
            await tcp.GetStream().CopyToAsync(answer).WaitAsync(Limit);
        }
        catch (IOException)
        {
            // A reset is as good an end of the connection as a close.
        }
        return Encoding.ASCII.GetString(answer.ToArray());
    }

    async Task AssertStillServesAsync()
    {
        using var channel = _host.Channel();
        Assert.NotNull(await new TestService.TestServiceClient(channel).EmptyCallAsync(new Empty(), deadline: DateTime.UtcNow.Add(Limit)));
    }

    /// <summary>Sends one message, then has its request cancelled, which resets the stream.</summary>
    sealed class HangingContent(CancellationTokenSource stop) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(EmptyFrame);
            await stream.FlushAsync();
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, stop.Token);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = -1;
            return false;
        }
    }
}
