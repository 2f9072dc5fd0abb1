using Compat.Grpc.Tests.Host;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Testing;
using Microsoft.AspNetCore.Builder;

namespace Compat.Grpc.Tests.Features;

public sealed class FourShapesTests : IAsyncLifetime
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    GrpcHost _host = null!;
    TestService.TestServiceClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await GrpcHost.StartAsync(app => app.MapGrpcService<InteropService>());
        _client = new TestService.TestServiceClient(_host.Channel());
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Unary_LargePayload_ReturnsRequestedSize()
    {
        var response = await _client.UnaryCallAsync(new SimpleRequest { ResponseSize = 314159, Payload = Bytes(271828) }).ResponseAsync.WaitAsync(Limit);
        Assert.Equal(314159, response.Payload.Body.Length);
    }

    [Fact]
    public void Unary_Blocking_Returns() => Assert.Equal(7, _client.UnaryCall(new SimpleRequest { ResponseSize = 7 }).Payload.Body.Length);

    [Fact]
    public async Task ClientStreaming_SeveralMessages_ServerSeesAll()
    {
        using var call = _client.StreamingInputCall();
        foreach (var size in new[] { 27182, 8, 1828, 45904 })
            await call.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = Bytes(size) }).WaitAsync(Limit);
        await call.RequestStream.CompleteAsync();
        Assert.Equal(74922, (await call.ResponseAsync.WaitAsync(Limit)).AggregatedPayloadSize);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task ServerStreaming_SeveralMessages_ArriveInOrder()
    {
        int[] sizes = [31415, 9, 2653, 58979];
        using var call = _client.StreamingOutputCall(Output(sizes));
        var received = new List<int>();
        await foreach (var response in call.ResponseStream.ReadAllAsync())
            received.Add(response.Payload.Body.Length);
        Assert.Equal(sizes, received);
    }

    [Fact]
    public async Task Duplex_PingPong_AnswersEachRequestBeforeTheNext()
    {
        using var call = _client.FullDuplexCall();
        foreach (var size in new[] { 31415, 9, 2653, 58979 })
        {
            await call.RequestStream.WriteAsync(Output(size)).WaitAsync(Limit);
            Assert.True(await call.ResponseStream.MoveNext().WaitAsync(Limit));
            Assert.Equal(size, call.ResponseStream.Current.Payload.Body.Length);
        }
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext().WaitAsync(Limit));
    }

    [Fact]
    public async Task Metadata_TextAndBinary_TravelBothWays()
    {
        var headers = new Metadata { { "x-grpc-test-echo-initial", "test_initial_metadata_value" }, { "x-grpc-test-echo-trailing-bin", [0xab, 0xab, 0xab] } };
        using var call = _client.UnaryCallAsync(new SimpleRequest { ResponseSize = 1 }, headers);
        await call.ResponseAsync.WaitAsync(Limit);
        Assert.Equal("test_initial_metadata_value", (await call.ResponseHeadersAsync).GetValue("x-grpc-test-echo-initial"));
        Assert.Equal([0xab, 0xab, 0xab], call.GetTrailers().GetValueBytes("x-grpc-test-echo-trailing-bin"));
    }

    [Theory]
    [InlineData(StatusCode.Unknown, "test status message")]
    [InlineData(StatusCode.FailedPrecondition, "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n % 100%")]
    public async Task Status_FromServer_ReachesClient(StatusCode code, string message)
    {
        var request = new SimpleRequest { ResponseStatus = new EchoStatus { Code = (int)code, Message = message } };
        var error = await Assert.ThrowsAsync<RpcException>(() => _client.UnaryCallAsync(request).ResponseAsync.WaitAsync(Limit));
        Assert.Equal((code, message), (error.StatusCode, error.Status.Detail));
    }

    [Fact]
    public async Task Unimplemented_MethodAndService_AreTold()
    {
        var method = await Assert.ThrowsAsync<RpcException>(() => _client.UnimplementedCallAsync(new Empty()).ResponseAsync.WaitAsync(Limit));
        var service = await Assert.ThrowsAsync<RpcException>(() =>
            new UnimplementedService.UnimplementedServiceClient(_host.Channel()).UnimplementedCallAsync(new Empty()).ResponseAsync.WaitAsync(Limit));
        Assert.Equal((StatusCode.Unimplemented, StatusCode.Unimplemented), (method.StatusCode, service.StatusCode));
    }

    [Fact]
    public async Task Deadline_SleepingServer_EndsInDeadlineExceeded()
    {
        using var call = _client.StreamingOutputCall(Slow(), deadline: DateTime.UtcNow.AddMilliseconds(100));
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext().WaitAsync(Limit));
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
    }

    [Fact]
    public async Task Cancel_ByToken_EndsInCancelled()
    {
        using var stop = new CancellationTokenSource();
        using var call = _client.StreamingOutputCall(Slow(), cancellationToken: stop.Token);
        var read = call.ResponseStream.MoveNext();
        stop.Cancel();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => read.WaitAsync(Limit))).StatusCode);
    }

    static StreamingOutputCallRequest Output(params int[] sizes)
    {
        var request = new StreamingOutputCallRequest();
        request.ResponseParameters.AddRange(sizes.Select(size => new ResponseParameters { Size = size }));
        return request;
    }

    static StreamingOutputCallRequest Slow() => new() { ResponseParameters = { new ResponseParameters { Size = 1, IntervalUs = 60_000_000 } } };

    static Payload Bytes(int size) => new() { Body = ByteString.CopyFrom(new byte[size]) };
}
