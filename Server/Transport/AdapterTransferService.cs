using Federated.Protos.V1;
using Federated.Server.Transport.Seam;
using Federated.Server.Transport.Uploads;
using Grpc.Core;

namespace Federated.Server.Transport;

/// <summary>Blobs down and updates up over gRPC.</summary>
sealed class AdapterTransferService(DownloadSession downloads, UploadServices uploads, CallerCredentials callers, CallGuard guard) : AdapterTransfer.AdapterTransferBase
{
    public override Task Download(DownloadRequest request, IServerStreamWriter<BlobChunk> responseStream, ServerCallContext context) =>
        guard.RunAsync(context, stopping =>
            downloads.RunAsync(ProtoMapping.Read(request), callers.Of(context), piece => responseStream.WriteAsync(ProtoMapping.WriteChunk(piece)), stopping));

    public override Task Upload(IAsyncStreamReader<UploadFrame> requestStream, IServerStreamWriter<UploadReply> responseStream, ServerCallContext context) =>
        guard.RunAsync(context, stopping =>
        {
            var wire = new GrpcStream<UploadFrame, UploadReply>(requestStream, responseStream);
            var stream = new MappedStream<UploadSaid, UploadSays, UploadFrame, UploadReply>(wire, ProtoMapping.Read, ProtoMapping.Write);
            return new UploadSession(uploads, stream, callers.Of(context)).RunAsync(stopping);
        });
}
