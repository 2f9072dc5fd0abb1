using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Who is on the other end of a connection.</summary>
static class PeerIdentity
{
    const string CommonName = "x509_common_name";
    const string AlternativeName = "x509_subject_alternative_name";

    public static string Address(ConnectionInfo connection) => connection.RemoteIpAddress switch
    {
        null => "unknown",
        { AddressFamily: AddressFamily.InterNetwork } address => $"ipv4:{address}:{connection.RemotePort}",
        { AddressFamily: AddressFamily.InterNetworkV6 } address => $"ipv6:[{address}]:{connection.RemotePort}",
        var address => $"unknown:{address}:{connection.RemotePort}",
    };

    public static AuthContext Authenticate(X509Certificate2? certificate)
    {
        var properties = new Dictionary<string, List<AuthProperty>>();
        if (certificate is null)
            return new AuthContext(null, properties);
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(extension => extension.EnumerateDnsNames());
        Add(properties, AlternativeName, names);
        Add(properties, CommonName, [certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false)]);
        var identity = new[] { AlternativeName, CommonName }.FirstOrDefault(properties.ContainsKey);
        return new AuthContext(identity, properties);
    }

    static void Add(Dictionary<string, List<AuthProperty>> properties, string name, IEnumerable<string> values)
    {
        var found = values.Where(value => value.Length > 0).Select(value => AuthProperty.Create(name, Encoding.UTF8.GetBytes(value))).ToList();
        if (found.Count > 0)
            properties[name] = found;
    }
}
