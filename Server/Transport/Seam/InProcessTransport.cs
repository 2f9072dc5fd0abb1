using Federated.Protos.V1;
using Federated.Server.Faults;
using Federated.Server.Fleet;
using Federated.Server.Fleet.Messages;
using Federated.Server.Transport.Uploads;

namespace Federated.Server.Transport.Seam;

/// <summary>
/// The server's calls without a network: the same messages, the same mapping and the same sessions as over gRPC, refusals included.
/// </summary>
sealed class InProcessTransport(SessionServices sessions, UploadServices uploads, DownloadSession downloads)
{
    public IMessageStream<ServerMessage, ClientMessage> Connect(string token, CancellationToken stopping)
    {
        var pair = new InProcessStream<ClientMessage, ServerMessage>();
        var stream = new MappedStream<ClientSaid, ServerSays, ClientMessage, ServerMessage>(pair.Server, ProtoMapping.Read, ProtoMapping.Write);
        _ = CarryAsync(pair, () => new CoordinationSession(sessions, stream, new ClientCredential(token)).RunAsync(stopping));
        return pair.Client;
    }

    /// <summary>The client half-closes by <paramref name="complete"/>.</summary>
    public IMessageStream<UploadReply, UploadFrame> Upload(string token, out Action complete, CancellationToken stopping)
    {
        var pair = new InProcessStream<UploadFrame, UploadReply>();
        var stream = new MappedStream<UploadSaid, UploadSays, UploadFrame, UploadReply>(pair.Server, ProtoMapping.Read, ProtoMapping.Write);
        complete = pair.CompleteClient;
        _ = CarryAsync(pair, () => new UploadSession(uploads, stream, new ClientCredential(token)).RunAsync(stopping));
        return pair.Client;
    }

    /// <exception cref="Grpc.Core.RpcException">The same status as over gRPC.</exception>
    public async Task DownloadAsync(DownloadRequest request, string token, Func<BlobChunk, Task> take, CancellationToken stopping)
    {
        try
        {
            await downloads.RunAsync(ProtoMapping.Read(request), new ClientCredential(token),
                piece => take(ProtoMapping.WriteChunk(piece with { Data = piece.Data.ToArray() })), stopping);
        }
        catch (FaultException e)
        {
            throw FaultCatalog.ToRpc(e.Refusal);
        }
    }

    static async Task CarryAsync<TClient, TServer>(InProcessStream<TClient, TServer> pair, Func<Task> session) where TClient : class where TServer : class
    {
        try
        {
            await session();
            pair.CompleteServer();
        }
        catch (FaultException e)
        {
            pair.CompleteServer(FaultCatalog.ToRpc(e.Refusal));
        }
        catch (Exception e)
        {
            pair.CompleteServer(e);
        }
    }
}
