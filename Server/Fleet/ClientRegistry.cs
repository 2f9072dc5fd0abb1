using System.Collections.Concurrent;
using Federated.Server.Faults;
using Federated.Server.Fleet.Messages;

namespace Federated.Server.Fleet;

/// <summary>Who is connected. One stream per client: a later one supersedes an earlier one, which a dead network may not have ended yet.</summary>
sealed class ClientRegistry(FleetOptions options, TimeProvider time)
{
    readonly ConcurrentDictionary<string, ConnectedClient> _connected = new(StringComparer.Ordinal);
    long _sessions;

    /// <summary>In ordinal order of their ids.</summary>
    public IReadOnlyList<ConnectedClient> Connected => [.. _connected.Values.OrderBy(c => c.Id, StringComparer.Ordinal)];

    public int Count => _connected.Count;

    public ConnectedClient? Find(string client) => _connected.GetValueOrDefault(client);

    /// <exception cref="FaultException">There are too many clients.</exception>
    public ConnectedClient Connect(ClientSaid.Hello hello, CancellationTokenSource ending)
    {
        if (_connected.Count >= options.MaxClients && !_connected.ContainsKey(hello.ClientId))
            throw new FaultException(Fault.TooManyClients, $"{options.MaxClients} clients are connected, which is the limit.");
        var client = new ConnectedClient(hello, Interlocked.Increment(ref _sessions), time.GetUtcNow().ToUnixTimeMilliseconds(), ending);
        ConnectedClient? superseded = null;
        _connected.AddOrUpdate(hello.ClientId, client, (_, older) =>
        {
            superseded = older;
            return client;
        });
        superseded?.Dismiss(new ServerSays.Goodbye("superseded", 0));
        return client;
    }

    public void Disconnect(ConnectedClient client) => _connected.TryRemove(KeyValuePair.Create(client.Id, client));

    /// <summary>False if the client is not connected or does not read; it learns what it owes when it comes back.</summary>
    public bool TrySend(string client, ServerSays message) => Find(client)?.TrySend(message) ?? false;

    public void DismissAll(string reason)
    {
        var count = _connected.Count;
        foreach (var client in Connected)
            client.Dismiss(new ServerSays.Goodbye(reason, PaceSteering.DelayMs(client.Id, client.Session, count)));
    }
}
