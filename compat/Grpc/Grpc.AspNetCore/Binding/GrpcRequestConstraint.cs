using Grpc.Core.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>Keeps the routes for unknown gRPC methods from taking other requests.</summary>
sealed class GrpcRequestConstraint : IRouteConstraint
{
    public const string Name = "grpcunimplemented";

    public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        httpContext is not null && HttpMethods.IsPost(httpContext.Request.Method) && WireHeaders.IsGrpc(httpContext.Request.ContentType);
}
