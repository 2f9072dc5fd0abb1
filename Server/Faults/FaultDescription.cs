using Grpc.Core;

namespace Federated.Server.Faults;

/// <summary>How one fault looks from outside.</summary>
sealed record FaultDescription(Fault Fault, string Code, StatusCode Grpc, int Http, string Title);
