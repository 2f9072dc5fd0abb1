using Grpc.AspNetCore.Server.Calls;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>Answers gRPC calls that name no mapped method.</summary>
static class UnknownMethods
{
    const string AnyMethod = $"{{unimplementedMethod:{GrpcRequestConstraint.Name}}}";
    const string AnyServicePattern = $"{{unimplementedService}}/{AnyMethod}";

    public static void Map(IEndpointRouteBuilder endpoints, string serviceName)
    {
        MapOnce(endpoints, $"{serviceName}/{AnyMethod}", "Method is unimplemented.");
        MapOnce(endpoints, AnyServicePattern, "Service is unimplemented.");
    }

    static void MapOnce(IEndpointRouteBuilder endpoints, string pattern, string detail)
    {
        var isMapped = endpoints.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Any(endpoint => endpoint.RoutePattern.RawText == pattern);
        if (!isMapped)
            endpoints.Map(pattern, (RequestDelegate)(http => ServerResponse.RefuseAsync(http, new Status(StatusCode.Unimplemented, detail))))
                .WithDisplayName($"gRPC - {detail}");
    }
}
