using Grpc.AspNetCore.Server.Binding;
using Microsoft.AspNetCore.Routing;

namespace Microsoft.AspNetCore.Builder;

public static class GrpcEndpointRouteBuilderExtensions
{
    /// <summary>Maps the methods of a service derived from a generated base class, and answers unknown gRPC methods with UNIMPLEMENTED.</summary>
    public static GrpcServiceEndpointConventionBuilder MapGrpcService<TService>(this IEndpointRouteBuilder builder) where TService : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        var binder = new ServiceBinder<TService>(builder);
        ServiceBinding.Bind(typeof(TService), binder);
        UnknownMethods.Map(builder, binder.ServiceName);
        return new GrpcServiceEndpointConventionBuilder(binder.Endpoints);
    }
}
