using Federated.Protos.V1;
using Federated.Server.Transport.Seam;
using Federated.Server.Transport.Uploads;
using Grpc.Core;

namespace Federated.Server.Transport;

/// <summary>Blobs down and updates up over gRPC. Bound by hand, because uploads are read by <see cref="UploadFrames"/>.</summary>
[BindServiceMethod(typeof(AdapterTransferService), nameof(Bind))]
sealed class AdapterTransferService(DownloadSession downloads, UploadServices uploads, CallerCredentials callers, CallGuard guard)
{
    static readonly Method<DownloadRequest, BlobChunk> DownloadMethod = new(
        MethodType.ServerStreaming, AdapterTransfer.Descriptor.FullName, nameof(Download), Of(DownloadRequest.Parser), Of(BlobChunk.Parser));

    static readonly Method<ReceivedFrame, UploadReply> UploadMethod = new(
        MethodType.DuplexStreaming, AdapterTransfer.Descriptor.FullName, nameof(Upload), UploadFrames.Marshaller, Of(UploadReply.Parser));

    public static void Bind(ServiceBinderBase binder, AdapterTransferService? service)
    {
        binder.AddMethod(DownloadMethod, service is null ? null : new ServerStreamingServerMethod<DownloadRequest, BlobChunk>(service.Download));
        binder.AddMethod(UploadMethod, service is null ? null : new DuplexStreamingServerMethod<ReceivedFrame, UploadReply>(service.Upload));
    }

    public Task Download(DownloadRequest request, IServerStreamWriter<BlobChunk> responseStream, ServerCallContext context) =>
        guard.RunAsync(context, stopping =>
            downloads.RunAsync(ProtoMapping.Read(request), callers.Of(context), piece => responseStream.WriteAsync(ProtoMapping.WriteChunk(piece)), stopping));

    public Task Upload(IAsyncStreamReader<ReceivedFrame> requestStream, IServerStreamWriter<UploadReply> responseStream, ServerCallContext context) =>
        guard.RunAsync(context, stopping =>
        {
            var wire = new GrpcStream<ReceivedFrame, UploadReply>(requestStream, responseStream);
            var stream = new MappedStream<UploadSaid, UploadSays, ReceivedFrame, UploadReply>(wire, ProtoMapping.Read, ProtoMapping.Write);
            return new UploadSession(uploads, stream, callers.Of(context)).RunAsync(stopping);
        });

    static Marshaller<T> Of<T>(Google.Protobuf.MessageParser<T> parser) where T : class, Google.Protobuf.IMessage<T> => new(
        (message, context) =>
        {
            context.SetPayloadLength(message.CalculateSize());
            Google.Protobuf.MessageExtensions.WriteTo(message, context.GetBufferWriter());
            context.Complete();
        },
        context => parser.ParseFrom(context.PayloadAsReadOnlySequence()));
}
