using System.Collections.ObjectModel;
using Grpc.Core.Interceptors;

namespace Grpc.AspNetCore.Server;

/// <summary>Interceptors of server calls, by type; each call gets its own instance unless the type is registered as a longer-lived service.</summary>
public class InterceptorCollection : Collection<InterceptorRegistration>
{
    public InterceptorCollection() { }

    public void Add<TInterceptor>(params object[] args) where TInterceptor : Interceptor => Add(typeof(TInterceptor), args);

    public void Add(Type interceptorType, params object[] args)
    {
        ArgumentNullException.ThrowIfNull(interceptorType);
        if (!interceptorType.IsSubclassOf(typeof(Interceptor)))
            throw new ArgumentException($"Type must inherit from {typeof(Interceptor).FullName}; {interceptorType.FullName} does not.", nameof(interceptorType));
        Add(new InterceptorRegistration(interceptorType, args));
    }
}
