using Grpc.Core.Interceptors;

namespace Grpc.AspNetCore.Server;

/// <summary>An interceptor type with the constructor arguments that services do not supply.</summary>
public class InterceptorRegistration
{
    internal InterceptorRegistration(Type type, object[] arguments)
    {
        Type = type;
        Arguments = arguments;
    }

    public Type Type { get; }

    public IReadOnlyList<object> Arguments { get; }

    internal Activated<Interceptor> Activate(IServiceProvider services) => Activated<Interceptor>.Get(services, Type, Arguments);
}
