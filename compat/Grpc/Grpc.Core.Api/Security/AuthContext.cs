namespace Grpc.Core;

/// <summary>What TLS proved about the peer of a call.</summary>
public class AuthContext
{
    readonly Dictionary<string, List<AuthProperty>> _properties;

    public AuthContext(string? peerIdentityPropertyName, Dictionary<string, List<AuthProperty>> properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        PeerIdentityPropertyName = peerIdentityPropertyName;
        _properties = properties;
    }

    public bool IsPeerAuthenticated => PeerIdentityPropertyName is not null;

    public string? PeerIdentityPropertyName { get; }

    public IEnumerable<AuthProperty> PeerIdentity => PeerIdentityPropertyName is null ? [] : _properties[PeerIdentityPropertyName];

    public IEnumerable<AuthProperty> Properties => _properties.Values.SelectMany(values => values);

    public IEnumerable<AuthProperty> FindPropertiesByName(string propertyName) => _properties.GetValueOrDefault(propertyName) ?? [];
}
