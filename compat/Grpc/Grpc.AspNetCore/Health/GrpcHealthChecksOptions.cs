namespace Grpc.AspNetCore.HealthChecks;

/// <summary>How .NET health checks become gRPC health.</summary>
public sealed class GrpcHealthChecksOptions
{
    public GrpcHealthChecksOptions() { }

    /// <summary>Service names and the checks that decide on them; the empty name has all checks.</summary>
    public ServiceMappingCollection Services { get; } = new();

    /// <summary>Check answers from the last periodic run instead of running the checks; default false.</summary>
    public bool UseHealthChecksCache { get; set; }
}
