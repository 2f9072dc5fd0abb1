using System.IO.Compression;
using Grpc.Core.Wire;
using Grpc.Net.Compression;

namespace Grpc.AspNetCore.Server;

/// <summary>Settings of the gRPC services of a host.</summary>
public class GrpcServiceOptions
{
    public GrpcServiceOptions() { }

    /// <summary>Bytes; default and null: no limit.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>Bytes; default 4 MiB, null: no limit.</summary>
    public int? MaxReceiveMessageSize { get; set; } = WireHeaders.DefaultMaxReceiveSize;

    /// <summary>Whether a client is told the exception of a failed handler.</summary>
    public bool? EnableDetailedErrors { get; set; }

    /// <summary>Compresses responses to clients that accept it, for instance "gzip".</summary>
    public string? ResponseCompressionAlgorithm { get; set; }

    public CompressionLevel? ResponseCompressionLevel { get; set; }

    /// <summary>Default: gzip.</summary>
    public IList<ICompressionProvider> CompressionProviders { get; set; } = [new GzipCompressionProvider(CompressionLevel.Fastest)];

    /// <summary>The first is the outermost; those of all services come before those of one.</summary>
    public InterceptorCollection Interceptors { get; } = [];
}

/// <summary>Settings of one service; what is not set here is as for all services.</summary>
public class GrpcServiceOptions<TService> : GrpcServiceOptions where TService : class
{
    public GrpcServiceOptions() { }
}
