using Grpc.Core.Wire;
using Grpc.Net.Compression;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>The settings of one service, resolved when it is mapped.</summary>
sealed record ServiceSettings(
    GrpcServiceOptions Options, InterceptorPipeline Interceptors, MessageEncoder Encoder, string AcceptEncoding, ILogger Logger)
{
    public static ServiceSettings Of<TService>(IServiceProvider services) where TService : class
    {
        if (services.GetService<GrpcMarker>() is null)
            throw new InvalidOperationException("Unable to find the required services. Please add all the required services by calling 'IServiceCollection.AddGrpc' in the application startup code.");
        var global = services.GetRequiredService<IOptions<GrpcServiceOptions>>().Value;
        var own = services.GetServices<IConfigureOptions<GrpcServiceOptions<TService>>>().Any()
            ? services.GetRequiredService<IOptions<GrpcServiceOptions<TService>>>().Value
            : null;
        var options = own ?? global;
        return new ServiceSettings(
            options,
            new InterceptorPipeline(global.Interceptors.Concat(own?.Interceptors ?? [])),
            new MessageEncoder(options.MaxSendMessageSize),
            MessageDecoder.AcceptEncoding(options.CompressionProviders),
            services.GetRequiredService<ILoggerFactory>().CreateLogger("Grpc.AspNetCore.Server"));
    }

    public ICompressionProvider? FindCompression(string? name) => Options.CompressionProviders.FirstOrDefault(provider => provider.EncodingName == name);
}

/// <summary>Says that AddGrpc was called.</summary>
sealed class GrpcMarker;
