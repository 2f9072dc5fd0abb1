namespace Grpc.Core;

/// <summary>The methods of a service together with the handlers of one instance.</summary>
public class ServerServiceDefinition
{
    readonly Action<ServiceBinderBase>[] _methods;

    ServerServiceDefinition(Action<ServiceBinderBase>[] methods) => _methods = methods;

    public static Builder CreateBuilder() => new();

    public void BindService(ServiceBinderBase serviceBinder)
    {
        foreach (var add in _methods)
            add(serviceBinder);
    }

    public class Builder
    {
        readonly Dictionary<string, Action<ServiceBinderBase>> _methods = [];

        public Builder() { }

        public Builder AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse> handler)
            where TRequest : class where TResponse : class => Add(method, binder => binder.AddMethod(method, handler));

        public Builder AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse> handler)
            where TRequest : class where TResponse : class => Add(method, binder => binder.AddMethod(method, handler));

        public Builder AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse> handler)
            where TRequest : class where TResponse : class => Add(method, binder => binder.AddMethod(method, handler));

        public Builder AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse> handler)
            where TRequest : class where TResponse : class => Add(method, binder => binder.AddMethod(method, handler));

        public ServerServiceDefinition Build() => new([.. _methods.Values]);

        Builder Add(IMethod method, Action<ServiceBinderBase> bind)
        {
            _methods.Add(method.FullName, bind);
            return this;
        }
    }
}
