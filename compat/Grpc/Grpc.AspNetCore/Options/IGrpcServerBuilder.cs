using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>Continues the registration of gRPC services.</summary>
public interface IGrpcServerBuilder
{
    IServiceCollection Services { get; }
}
