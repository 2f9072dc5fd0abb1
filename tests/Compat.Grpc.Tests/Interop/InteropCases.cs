using Google.Protobuf;
using Grpc.Core;
using Grpc.Testing;

namespace Compat.Grpc.Tests.Interop;

/// <summary>The standard interop cases, run by our client.</summary>
public static class InteropCases
{
    const string InitialKey = "x-grpc-test-echo-initial";
    const string TrailingKey = "x-grpc-test-echo-trailing-bin";
    const string SpecialMessage = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n";

    static readonly int[] RequestSizes = [27182, 8, 1828, 45904];
    static readonly int[] ResponseSizes = [31415, 9, 2653, 58979];

    public static readonly IReadOnlyDictionary<string, Func<InteropTarget, Task>> All = new Dictionary<string, Func<InteropTarget, Task>>
    {
        ["empty_unary"] = async target => Assert.Equal(new Empty(), await target.Client.EmptyCallAsync(new Empty(), target.Options())),
        ["large_unary"] = async target => AssertLarge(await target.Client.UnaryCallAsync(Large(), target.Options())),
        ["client_streaming"] = ClientStreaming,
        ["server_streaming"] = ServerStreaming,
        ["ping_pong"] = PingPong,
        ["empty_stream"] = EmptyStream,
        ["client_compressed_unary"] = ClientCompressedUnary,
        ["server_compressed_unary"] = ServerCompressedUnary,
        ["custom_metadata"] = CustomMetadata,
        ["status_code_and_message"] = StatusCodeAndMessage,
        ["special_status_message"] = target => AssertStatus(StatusCode.Unknown, SpecialMessage,
            () => target.Client.UnaryCallAsync(new SimpleRequest { ResponseStatus = Unknown(SpecialMessage) }, target.Options()).ResponseAsync),
        ["unimplemented_method"] = target => AssertStatus(StatusCode.Unimplemented, null,
            () => target.Client.UnimplementedCallAsync(new Empty(), target.Options()).ResponseAsync),
        ["unimplemented_service"] = target => AssertStatus(StatusCode.Unimplemented, null,
            () => new UnimplementedService.UnimplementedServiceClient(target.Channel).UnimplementedCallAsync(new Empty(), target.Options()).ResponseAsync),
        ["cancel_after_begin"] = CancelAfterBegin,
        ["cancel_after_first_response"] = CancelAfterFirstResponse,
        ["timeout_on_sleeping_server"] = TimeoutOnSleepingServer,
    };

    static async Task ClientStreaming(InteropTarget target)
    {
        using var call = target.Client.StreamingInputCall(target.Options());
        foreach (var size in RequestSizes)
            await call.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = Zeros(size) });
        await call.RequestStream.CompleteAsync();
        Assert.Equal(RequestSizes.Sum(), (await call).AggregatedPayloadSize);
    }

    static async Task ServerStreaming(InteropTarget target)
    {
        using var call = target.Client.StreamingOutputCall(Output(ResponseSizes), target.Options());
        Assert.Equal(ResponseSizes, await ReadSizesAsync(call.ResponseStream));
    }

    static async Task PingPong(InteropTarget target)
    {
        using var call = target.Client.FullDuplexCall(target.Options());
        foreach (var (requestSize, responseSize) in RequestSizes.Zip(ResponseSizes))
        {
            var request = Output(responseSize);
            request.Payload = Zeros(requestSize);
            await call.RequestStream.WriteAsync(request);
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(responseSize, call.ResponseStream.Current.Payload.Body.Length);
        }
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }

    static async Task EmptyStream(InteropTarget target)
    {
        using var call = target.Client.FullDuplexCall(target.Options());
        await call.RequestStream.CompleteAsync();
        Assert.Empty(await ReadSizesAsync(call.ResponseStream));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    static async Task ClientCompressedUnary(InteropTarget target)
    {
        var probe = Large();
        // grpcio and grpc-js do not show a server whether a request was compressed, so only our own server can answer the standard's probe.
        probe.ExpectCompressed = new BoolValue { Value = true };
        AssertLarge(await target.Client.UnaryCallAsync(probe, target.Options(new Metadata { { "grpc-internal-encoding-request", "gzip" } })));
        AssertLarge(await target.Client.UnaryCallAsync(Large(), target.Options()));
    }

    static async Task ServerCompressedUnary(InteropTarget target)
    {
        foreach (var isCompressed in new[] { true, false })
        {
            var request = Large();
            request.ResponseCompressed = new BoolValue { Value = isCompressed };
            AssertLarge(await target.Client.UnaryCallAsync(request, target.Options()));
            Assert.Equal(isCompressed, target.LastResponseWasCompressed);
        }
    }

    static async Task CustomMetadata(InteropTarget target)
    {
        var headers = new Metadata { { InitialKey, "test_initial_metadata_value" }, { TrailingKey, [0xab, 0xab, 0xab] } };
        using var unary = target.Client.UnaryCallAsync(Large(), target.Options(headers));
        AssertLarge(await unary);
        AssertEchoed(await unary.ResponseHeadersAsync, unary.GetTrailers());
        using var duplex = target.Client.FullDuplexCall(target.Options(headers));
        await duplex.RequestStream.WriteAsync(Output(314159));
        await duplex.RequestStream.CompleteAsync();
        Assert.Equal([314159], await ReadSizesAsync(duplex.ResponseStream));
        AssertEchoed(await duplex.ResponseHeadersAsync, duplex.GetTrailers());
    }

    static async Task StatusCodeAndMessage(InteropTarget target)
    {
        var status = Unknown("test status message");
        await AssertStatus(StatusCode.Unknown, status.Message,
            () => target.Client.UnaryCallAsync(new SimpleRequest { ResponseStatus = status }, target.Options()).ResponseAsync);
        using var call = target.Client.FullDuplexCall(target.Options());
        // The server may have ended the call before the write is known to be done.
        await call.RequestStream.WriteAsync(new StreamingOutputCallRequest { ResponseStatus = status }).ContinueWith(_ => { }, TaskScheduler.Default);
        await call.RequestStream.CompleteAsync();
        await AssertStatus(StatusCode.Unknown, status.Message, () => call.ResponseStream.MoveNext());
    }

    static async Task CancelAfterBegin(InteropTarget target)
    {
        using var stop = new CancellationTokenSource();
        using var call = target.Client.StreamingInputCall(target.Options().WithCancellationToken(stop.Token));
        stop.Cancel();
        await AssertStatus(StatusCode.Cancelled, null, () => call.ResponseAsync);
    }

    static async Task CancelAfterFirstResponse(InteropTarget target)
    {
        using var stop = new CancellationTokenSource();
        using var call = target.Client.FullDuplexCall(target.Options().WithCancellationToken(stop.Token));
        await call.RequestStream.WriteAsync(Output(31415));
        Assert.True(await call.ResponseStream.MoveNext());
        stop.Cancel();
        await AssertStatus(StatusCode.Cancelled, null, () => call.ResponseStream.MoveNext());
    }

    static async Task TimeoutOnSleepingServer(InteropTarget target)
    {
        using var call = target.Client.FullDuplexCall(target.Options().WithDeadline(DateTime.UtcNow.AddMilliseconds(1)));
        var write = call.RequestStream.WriteAsync(new StreamingOutputCallRequest { Payload = Zeros(27182) });
        await AssertStatus(StatusCode.DeadlineExceeded, null, () => call.ResponseStream.MoveNext());
        await write.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    static async Task AssertStatus(StatusCode code, string? detail, Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal((code, detail ?? error.Status.Detail), (error.StatusCode, error.Status.Detail));
    }

    static void AssertEchoed(Metadata headers, Metadata trailers)
    {
        Assert.Equal("test_initial_metadata_value", headers.GetValue(InitialKey));
        Assert.Equal([0xab, 0xab, 0xab], trailers.GetValueBytes(TrailingKey));
    }

    static void AssertLarge(SimpleResponse response) => Assert.Equal(new byte[314159], response.Payload.Body.ToByteArray());

    static async Task<List<int>> ReadSizesAsync(IAsyncStreamReader<StreamingOutputCallResponse> responses)
    {
        var sizes = new List<int>();
        await foreach (var response in responses.ReadAllAsync())
            sizes.Add(response.Payload.Body.Length);
        return sizes;
    }

    static SimpleRequest Large() => new() { ResponseSize = 314159, Payload = Zeros(271828) };

    static StreamingOutputCallRequest Output(params int[] sizes)
    {
        var request = new StreamingOutputCallRequest();
        request.ResponseParameters.AddRange(sizes.Select(size => new ResponseParameters { Size = size }));
        return request;
    }

    static EchoStatus Unknown(string message) => new() { Code = (int)StatusCode.Unknown, Message = message };

    static Payload Zeros(int size) => new() { Body = ByteString.CopyFrom(new byte[size]) };
}
