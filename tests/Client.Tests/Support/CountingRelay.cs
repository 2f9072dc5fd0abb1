using System.Net;
using System.Net.Sockets;

namespace Federated.Client.Tests.Support;

/// <summary>A relay on loopback that counts what the client sends.</summary>
sealed class CountingRelay : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stop = new();
    readonly Task _accepting;
    long _sent;

    CountingRelay(Uri target)
    {
        _listener.Start();
        _accepting = AcceptAsync(target);
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Bytes from clients so far, over all connections.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    public static CountingRelay To(Uri target) => new(target);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    async Task AcceptAsync(Uri target)
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(RelayAsync(await _listener.AcceptTcpClientAsync(_stop.Token), target));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(connections);
        }
    }

    async Task RelayAsync(TcpClient client, Uri target)
    {
        using var near = client;
        using var far = new TcpClient();
        try
        {
            await far.ConnectAsync(target.Host, target.Port, _stop.Token);
            await Task.WhenAny(CopyAsync(near.GetStream(), far.GetStream(), count: true), CopyAsync(far.GetStream(), near.GetStream(), count: false));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
            // One of the two has gone; the other is let go with it.
        }
    }

    async Task CopyAsync(NetworkStream from, NetworkStream to, bool count)
    {
        var buffer = new byte[65_536];
        while (await from.ReadAsync(buffer, _stop.Token) is var length and > 0)
        {
            if (count)
                Interlocked.Add(ref _sent, length);
            await to.WriteAsync(buffer.AsMemory(0, length), _stop.Token);
        }
    }
}
