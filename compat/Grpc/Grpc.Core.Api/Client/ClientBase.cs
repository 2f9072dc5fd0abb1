using Grpc.Core.Interceptors;

namespace Grpc.Core;

/// <summary>Base of generated clients.</summary>
public abstract class ClientBase
{
    protected ClientBase() : this(new UnimplementedCallInvoker()) { }

    protected ClientBase(ClientBaseConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        Configuration = configuration;
        CallInvoker = configuration.CreateInvoker();
    }

    public ClientBase(ChannelBase channel) : this(channel.CreateCallInvoker()) { }

    public ClientBase(CallInvoker callInvoker) : this(new ClientBaseConfiguration(callInvoker, null)) { }

    protected CallInvoker CallInvoker { get; }

    internal ClientBaseConfiguration Configuration { get; }

    /// <summary>What <c>NewInstance</c> hands to a copy of a client.</summary>
    protected internal class ClientBaseConfiguration
    {
        readonly CallInvoker _invoker;
        readonly string? _host;

        internal ClientBaseConfiguration(CallInvoker invoker, string? host)
        {
            ArgumentNullException.ThrowIfNull(invoker);
            _invoker = invoker;
            _host = host;
        }

        internal CallInvoker CreateInvoker() => _host is null ? _invoker : _invoker.Intercept(new HostInterceptor(_host));

        internal ClientBaseConfiguration WithHost(string host)
        {
            ArgumentNullException.ThrowIfNull(host);
            return new ClientBaseConfiguration(_invoker, host);
        }
    }
}

/// <summary>Base of generated clients, typed.</summary>
public abstract class ClientBase<T> : ClientBase where T : ClientBase<T>
{
    protected ClientBase() { }

    protected ClientBase(ClientBaseConfiguration configuration) : base(configuration) { }

    public ClientBase(ChannelBase channel) : base(channel) { }

    public ClientBase(CallInvoker callInvoker) : base(callInvoker) { }

    /// <summary>A client whose calls name this host to their invoker.</summary>
    public T WithHost(string host) => NewInstance(Configuration.WithHost(host));

    protected abstract T NewInstance(ClientBaseConfiguration configuration);
}
