using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using Federated.Server.Fleet.Messages;

namespace Federated.Server.Fleet;

/// <summary>
/// One live control stream. What the server says goes through a bounded queue that the stream's own pump empties; a client that does not
/// read is disconnected, it never blocks whoever speaks to it.
/// </summary>
sealed class ConnectedClient(ClientSaid.Hello hello, long session, long connectedMs, CancellationTokenSource ending)
{
    public const int QueueLength = 256;

    readonly Channel<ServerSays> _outbound = Channel.CreateBounded<ServerSays>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
    volatile ImmutableSortedSet<string> _joined = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, IReadOnlySet<string>?> _assigned = new(StringComparer.Ordinal);
    long _lastHeardMs = connectedMs;
    long _lastSpokenMs = connectedMs;

    public ClientSaid.Hello Hello { get; } = hello;

    public string Id => Hello.ClientId;

    /// <summary>Larger for a later stream of the same client.</summary>
    public long Session { get; } = session;

    public long ConnectedMs { get; } = connectedMs;

    public ImmutableSortedSet<string> Joined => _joined;

    public long LastHeardMs => Interlocked.Read(ref _lastHeardMs);

    public long LastSpokenMs => Interlocked.Read(ref _lastSpokenMs);

    /// <summary>Why the server ended the stream; null while it has not.</summary>
    public Faults.Refusal? Ended { get; private set; }

    /// <summary>What the client last said about its work; for the operator to look at.</summary>
    public ClientSaid.Progress? Progress { get; set; }

    public ChannelReader<ServerSays> Outbound => _outbound.Reader;

    public void Heard(long nowMs) => Interlocked.Exchange(ref _lastHeardMs, nowMs);

    public void Spoke(long nowMs) => Interlocked.Exchange(ref _lastSpokenMs, nowMs);

    /// <summary>Called by the stream's own reader only.</summary>
    public void Join(string run)
    {
        _assigned[run] = null;
        _joined = _joined.Add(run);
    }

    /// <summary>Called by the stream's own reader only.</summary>
    public void Leave(string run)
    {
        _joined = _joined.Remove(run);
        _assigned.TryRemove(run, out _);
    }

    /// <summary>Notes the digests of what the newest assignment of a run starts from.</summary>
    /// <returns>Those of the assignment before; null where there was none since the client joined on this stream.</returns>
    public IReadOnlySet<string>? Assign(string run, IReadOnlySet<string> digests) =>
        _assigned.TryGetValue(run, out var before) && _assigned.TryUpdate(run, digests, before) ? before : null;

    /// <summary>False if the stream is over or its queue is full; then the stream is ended.</summary>
    public bool TrySend(ServerSays message)
    {
        if (_outbound.Writer.TryWrite(message))
            return true;
        End(new(Faults.Fault.OutboundQueueFull, $"{QueueLength} messages wait for the client; it does not read them."));
        return false;
    }

    /// <summary>A last word, after which the pump closes the stream.</summary>
    public void Dismiss(ServerSays.Goodbye goodbye)
    {
        _outbound.Writer.TryWrite(goodbye);
        _outbound.Writer.TryComplete();
    }

    /// <summary>Ends the stream at once.</summary>
    public void End(Faults.Refusal reason)
    {
        Ended ??= reason;
        _outbound.Writer.TryComplete();
        try
        {
            ending.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Its session left in this moment.
        }
    }
}
