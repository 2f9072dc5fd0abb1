using Grpc.Core;

namespace Grpc.Net.Client.Configuration;

/// <summary>Rules for the calls of a channel.</summary>
public sealed class ServiceConfig
{
    public ServiceConfig() { }

    public IList<MethodConfig> MethodConfigs { get; } = [];

    /// <summary>The policy of the most specific name: method, then service, then the default.</summary>
    internal RetryPolicy? FindRetryPolicy(IMethod method) =>
        (Find(method.ServiceName, method.Name) ?? Find(method.ServiceName, null) ?? Find(null, null))?.RetryPolicy;

    MethodConfig? Find(string? service, string? method) => MethodConfigs.FirstOrDefault(config =>
        config.Names.Any(name => NullIfEmpty(name.Service) == service && NullIfEmpty(name.Method) == method));

    static string? NullIfEmpty(string? name) => string.IsNullOrEmpty(name) ? null : name;
}
