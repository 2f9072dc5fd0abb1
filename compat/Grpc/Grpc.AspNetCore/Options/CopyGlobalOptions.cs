using Microsoft.Extensions.Options;

namespace Grpc.AspNetCore.Server;

/// <summary>Starts the settings of one service from those of all services; the interceptors of both are joined when the service is mapped.</summary>
sealed class CopyGlobalOptions<TService>(IOptions<GrpcServiceOptions> global) : IConfigureOptions<GrpcServiceOptions<TService>>
    where TService : class
{
    public void Configure(GrpcServiceOptions<TService> options)
    {
        options.MaxSendMessageSize = global.Value.MaxSendMessageSize;
        options.MaxReceiveMessageSize = global.Value.MaxReceiveMessageSize;
        options.EnableDetailedErrors = global.Value.EnableDetailedErrors;
        options.ResponseCompressionAlgorithm = global.Value.ResponseCompressionAlgorithm;
        options.ResponseCompressionLevel = global.Value.ResponseCompressionLevel;
        options.CompressionProviders = global.Value.CompressionProviders;
    }
}
