using Federated.Server.Fleet;

namespace Federated.Server.Operator;

/// <summary>Clients over REST: everybody who was ever seen, and what those who are here say.</summary>
static class FleetApi
{
    public static void Map(RouteGroupBuilder api) => api.MapGet("/fleet", List);

    static IEnumerable<object> List(ClientRegistry registry, ClientTokens tokens) =>
        tokens.Known.Select(id => registry.Find(id) is { } client ? Connected(client) : new { id, state = "Disconnected" });

    static object Connected(ConnectedClient client) => new
    {
        id = client.Id,
        state = "Connected",
        software = client.Hello.Software,
        device = client.Hello.Device,
        methods = client.Hello.Methods,
        encodings = client.Hello.Encodings,
        joined = client.Joined,
        connectedMs = client.ConnectedMs,
        lastHeardMs = client.LastHeardMs,
        progress = client.Progress is { } p ? new { assignment = p.AssignmentId, phase = p.Phase, step = p.Step, steps = p.Steps, loss = double.IsFinite(p.Loss) ? p.Loss : (double?)null } : null,
    };
}
