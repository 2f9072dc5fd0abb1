using Federated.Server.Faults;
using Federated.Server.Fleet;
using Federated.Server.Identity;
using Grpc.Core;

namespace Federated.Server.Transport;

/// <summary>Reads from a gRPC call who makes it.</summary>
sealed class CallerCredentials(ClientCertificates certificates)
{
    /// <exception cref="FaultException">With TLS: the certificate is missing, expired, revoked or foreign. A token does not count then.</exception>
    public ClientCredential Of(ServerCallContext context) => certificates.Authority is null
        ? new ClientCredential(BearerToken.Of(context.RequestHeaders))
        : new ClientCredential(null, certificates.Identify(context.GetHttpContext().Connection.ClientCertificate));
}
