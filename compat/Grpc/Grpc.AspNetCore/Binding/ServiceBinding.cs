using System.Reflection;
using Grpc.Core;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>Calls the generated bind method of a service's base class.</summary>
static class ServiceBinding
{
    public static void Bind(Type serviceType, ServiceBinderBase binder)
    {
        for (var type = serviceType; type is not null; type = type.BaseType)
            if (type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is { } attribute)
            {
                var bind = attribute.BindType.GetMethod(
                    attribute.BindMethodName, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic, [typeof(ServiceBinderBase), type]);
                _ = bind ?? throw NotBindable(serviceType, $"{attribute.BindType}.{attribute.BindMethodName} does not exist");
                bind.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [binder, null], null);
                return;
            }
        throw NotBindable(serviceType, "no base class carries BindServiceMethodAttribute");
    }

    static InvalidOperationException NotBindable(Type serviceType, string reason) =>
        new($"Cannot map {serviceType} as a gRPC service: {reason}.");
}
