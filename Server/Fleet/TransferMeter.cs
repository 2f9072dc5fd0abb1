using System.Collections.Concurrent;

namespace Federated.Server.Fleet;

/// <summary>Bytes that went to clients, by download or with their assignments, since their last accepted update.</summary>
sealed class TransferMeter
{
    readonly ConcurrentDictionary<string, long> _down = new(StringComparer.Ordinal);

    public void Add(string client, long bytes) => _down.AddOrUpdate(client, bytes, (_, before) => before + bytes);

    public long Take(string client) => _down.TryRemove(client, out var bytes) ? bytes : 0;
}
