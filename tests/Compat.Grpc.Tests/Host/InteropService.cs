using Google.Protobuf;
using Grpc.Core;
using Grpc.Testing;

namespace Compat.Grpc.Tests.Host;

/// <summary>The standard interop server.</summary>
public sealed class InteropService : TestService.TestServiceBase
{
    const string EchoedHeader = "x-grpc-test-echo-initial";
    const string EchoedTrailer = "x-grpc-test-echo-trailing-bin";

    public override async Task<Empty> EmptyCall(Empty request, ServerCallContext context)
    {
        await EchoMetadataAsync(context);
        return new Empty();
    }

    public override async Task<SimpleResponse> UnaryCall(SimpleRequest request, ServerCallContext context)
    {
        await EchoMetadataAsync(context, request.ResponseCompressed);
        ThrowIfAsked(request.ResponseStatus);
        ThrowUnlessCompressed(request.ExpectCompressed, context);
        return new SimpleResponse { Payload = Zeros(request.ResponseSize) };
    }

    public override async Task StreamingOutputCall(
        StreamingOutputCallRequest request, IServerStreamWriter<StreamingOutputCallResponse> responseStream, ServerCallContext context)
    {
        await EchoMetadataAsync(context);
        await RespondAsync(request, responseStream, context);
    }

    public override async Task<StreamingInputCallResponse> StreamingInputCall(
        IAsyncStreamReader<StreamingInputCallRequest> requestStream, ServerCallContext context)
    {
        await EchoMetadataAsync(context);
        var size = 0;
        await foreach (var request in requestStream.ReadAllAsync())
            size += request.Payload?.Body.Length ?? 0;
        return new StreamingInputCallResponse { AggregatedPayloadSize = size };
    }

    public override async Task FullDuplexCall(
        IAsyncStreamReader<StreamingOutputCallRequest> requestStream, IServerStreamWriter<StreamingOutputCallResponse> responseStream,
        ServerCallContext context)
    {
        await EchoMetadataAsync(context);
        await foreach (var request in requestStream.ReadAllAsync())
            await RespondAsync(request, responseStream, context);
    }

    static async Task RespondAsync(
        StreamingOutputCallRequest request, IServerStreamWriter<StreamingOutputCallResponse> responses, ServerCallContext context)
    {
        foreach (var parameters in request.ResponseParameters)
        {
            if (parameters.IntervalUs > 0)
                await Task.Delay(TimeSpan.FromMicroseconds(parameters.IntervalUs), context.CancellationToken);
            await responses.WriteAsync(new StreamingOutputCallResponse { Payload = Zeros(parameters.Size) });
        }
        ThrowIfAsked(request.ResponseStatus);
    }

    static async Task EchoMetadataAsync(ServerCallContext context, BoolValue? responseCompressed = null)
    {
        var headers = new Metadata();
        if (context.RequestHeaders.GetValue(EchoedHeader) is { } header)
            headers.Add(EchoedHeader, header);
        if (responseCompressed is not null)
            headers.Add("grpc-internal-encoding-request", "gzip");
        if (responseCompressed is { Value: false })
            context.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
        if (headers.Count > 0)
            await context.WriteResponseHeadersAsync(headers);
        if (context.RequestHeaders.GetValueBytes(EchoedTrailer) is { } trailer)
            context.ResponseTrailers.Add(EchoedTrailer, trailer);
    }

    static void ThrowIfAsked(EchoStatus? status)
    {
        if (status is { Code: not 0 })
            throw new RpcException(new Status((StatusCode)status.Code, status.Message));
    }

    static void ThrowUnlessCompressed(BoolValue? expected, ServerCallContext context)
    {
        // The flag of the message itself is not visible here; what the probe can see is the call's encoding.
        var isCompressed = context.GetHttpContext().Request.Headers["grpc-encoding"] == "gzip";
        if (expected is { Value: true } && !isCompressed)
            throw new RpcException(new Status(StatusCode.InvalidArgument, "The request is not compressed."));
    }

    static Payload Zeros(int size) => new() { Body = UnsafeByteOperations.UnsafeWrap(new byte[size]) };
}
