using Grpc.AspNetCore.Server;

namespace Compat.Grpc.Tests.Host;

/// <summary>Which packages the suite runs against. Where the stand-in keeps closer to gRPC's documents than grpc-dotnet does, a test names both.</summary>
public static class PackageSet
{
    public static bool IsOfficial { get; } = typeof(GrpcServiceOptions).Assembly.GetName().Name == "Grpc.AspNetCore.Server";

    public static T Pick<T>(T compat, T official) => IsOfficial ? official : compat;
}
