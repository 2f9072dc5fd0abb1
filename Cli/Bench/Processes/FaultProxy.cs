using System.Net;
using System.Net.Sockets;

namespace Federated.Cli.Bench.Processes;

/// <summary>
/// A loopback TCP relay that does to connections what networks do: ends or resets them, lets them hang half-open, delays, throttles or
/// partitions them. Clients keep one address while the coordinator behind it comes back on other ports.
/// </summary>
sealed class FaultProxy : IAsyncDisposable
{
    const int BufferBytes = 64 << 10;

    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stopping = new();
    readonly Func<int?> _target;
    readonly TimeProvider _time;
    readonly Lock _gate = new();
    readonly HashSet<Relay> _relays = [];
    readonly Task _accepting;
    TaskCompletionSource _open = Opened();
    long _cutAfter = long.MaxValue;

    /// <param name="target">The port behind, or null while nobody listens there.</param>
    /// <param name="time">For delay and bandwidth.</param>
    public FaultProxy(Func<int?> target, TimeProvider time)
    {
        (_target, _time) = (target, time);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Added to every piece of data, each way; default none.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Of each direction of each connection; 0, the default, is no limit.</summary>
    public double BytesPerSecond { get; set; }

    /// <summary>Connections ended by <see cref="CutAfter"/> so far.</summary>
    public int CutsMade { get; private set; }

    /// <summary>Connections that are relayed now.</summary>
    public int Connections
    {
        get
        {
            lock (_gate)
                return _relays.Count;
        }
    }

    /// <summary>The connection that carries the so-manieth byte from now on towards the coordinator is reset at that byte.</summary>
    public void CutAfter(long bytes) => Interlocked.Exchange(ref _cutAfter, bytes);

    /// <summary>Ends all connections in order, as a process that ends does.</summary>
    public void Cut() => Each(r => r.End(reset: false));

    /// <summary>Resets all connections.</summary>
    public void Reset() => Each(r => r.End(reset: true));

    /// <summary>Connections stay open and carry nothing any more; new ones work.</summary>
    public void HalfOpen() => Each(r => r.Hang());

    /// <summary>Nothing passes, either way, until <see cref="Heal"/>; nothing is lost either.</summary>
    public void Partition()
    {
        lock (_gate)
        {
            if (_open.Task.IsCompleted)
                _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void Heal()
    {
        lock (_gate)
            _open.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        Heal();
        Reset();
        await _accepting;
        _stopping.Dispose();
    }

    void Each(Action<Relay> action)
    {
        Relay[] all;
        lock (_gate)
            all = [.. _relays];
        foreach (var relay in all)
            action(relay);
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = RelayAsync(await _listener.AcceptSocketAsync(_stopping.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The proxy ends.
        }
    }

    async Task RelayAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        using var relay = new Relay(client, server);
        try
        {
            if (_target() is not { } port)
            {
                relay.End(reset: true);
                return;
            }
            await server.ConnectAsync(IPAddress.Loopback, port, _stopping.Token);
            lock (_gate)
                _relays.Add(relay);
            await Task.WhenAll(CopyAsync(relay, client, server, up: true), CopyAsync(relay, server, client, up: false));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            relay.End(reset: true);
        }
        finally
        {
            lock (_gate)
                _relays.Remove(relay);
        }
    }

    async Task CopyAsync(Relay relay, Socket from, Socket to, bool up)
    {
        var buffer = new byte[BufferBytes];
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer, relay.Ended)) > 0)
            {
                await HinderAsync(relay, count);
                if (up && Interlocked.Add(ref _cutAfter, -count) < 0)
                {
                    await CutHereAsync(relay, to, buffer, count);
                    return;
                }
                for (var sent = 0; sent < count;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), relay.Ended);
            }
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            relay.End(reset: true);
        }
    }

    async Task CutHereAsync(Relay relay, Socket to, byte[] buffer, int count)
    {
        Interlocked.Exchange(ref _cutAfter, long.MaxValue);
        CutsMade++;
        await to.SendAsync(buffer.AsMemory(0, count / 2), relay.Ended);
        relay.End(reset: true);
    }

    async Task HinderAsync(Relay relay, int count)
    {
        if (relay.Hangs)
            await Task.Delay(Timeout.InfiniteTimeSpan, relay.Ended);
        if (Delay > TimeSpan.Zero)
            await Task.Delay(Delay, _time, relay.Ended);
        if (BytesPerSecond > 0)
            await Task.Delay(TimeSpan.FromSeconds(count / BytesPerSecond), _time, relay.Ended);
        Task open;
        lock (_gate)
            open = _open.Task;
        await open.WaitAsync(relay.Ended);
    }

    static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    sealed class Relay(Socket client, Socket server) : IDisposable
    {
        readonly CancellationTokenSource _ended = new();

        public CancellationToken Ended => _ended.Token;

        public volatile bool Hangs;

        public void Hang() => Hangs = true;

        public void End(bool reset)
        {
            foreach (var socket in (Socket[])[client, server])
            {
                try
                {
                    // A linger time of zero makes the system send a reset instead of an end.
                    if (reset)
                        socket.LingerState = new LingerOption(true, 0);
                    socket.Close();
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    // It is closed already.
                }
            }
            try
            {
                _ended.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // Both directions have ended by themselves.
            }
        }

        public void Dispose()
        {
            End(reset: false);
            _ended.Dispose();
        }
    }
}
