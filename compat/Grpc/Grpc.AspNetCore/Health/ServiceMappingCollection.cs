using System.Diagnostics.CodeAnalysis;

namespace Grpc.AspNetCore.HealthChecks;

/// <summary>The health checks that decide on a service, by its name.</summary>
public sealed class ServiceMappingCollection
{
    readonly Dictionary<string, Func<HealthCheckMapContext, bool>> _mappings = [];

    public ServiceMappingCollection() { }

    public int Count => _mappings.Count;

    internal IEnumerable<string> Names => _mappings.Keys;

    public void Map(string name, Func<HealthCheckMapContext, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        _mappings[name] = predicate;
    }

    public void Remove(string name) => _mappings.Remove(name);

    public void Clear() => _mappings.Clear();

    internal bool TryGet(string name, [NotNullWhen(true)] out Func<HealthCheckMapContext, bool>? predicate) => _mappings.TryGetValue(name, out predicate);
}

/// <summary>A health check that a mapping accepts or not.</summary>
public sealed class HealthCheckMapContext(string name, IEnumerable<string> tags)
{
    public string Name { get; } = name;

    public IEnumerable<string> Tags { get; } = tags;
}
