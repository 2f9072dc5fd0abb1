using Federated.Protos.V1;
using Federated.Server.Faults;
using Federated.Server.Fleet.Messages;
using Federated.Server.Transport.Seam;
using Grpc.Core;

namespace Federated.Server.Transport;

/// <summary>The control stream over gRPC.</summary>
sealed class CoordinationService(SessionServices services, CallerCredentials callers, CallGuard guard) : Coordination.CoordinationBase
{
    public override Task Connect(IAsyncStreamReader<ClientMessage> requestStream, IServerStreamWriter<ServerMessage> responseStream, ServerCallContext context) =>
        guard.RunAsync(context, stopping =>
        {
            var wire = new GrpcStream<ClientMessage, ServerMessage>(requestStream, responseStream);
            var stream = new MappedStream<ClientSaid, ServerSays, ClientMessage, ServerMessage>(wire, ProtoMapping.Read, ProtoMapping.Write);
            return new CoordinationSession(services, stream, callers.Of(context)).RunAsync(stopping);
        });
}
