using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Cli.Tests.Operating;

/// <summary>An HTTP proxy on loopback that knows CONNECT alone and wants a user and a password.</summary>
sealed class ConnectProxy : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stop = new();
    readonly string _user;
    readonly Task _accepting;

    /// <param name="user">name:password.</param>
    public ConnectProxy(string user)
    {
        _user = user;
        _listener.Start();
        var at = user.Split(':');
        Address = new Uri($"http://{Uri.EscapeDataString(at[0])}:{Uri.EscapeDataString(at[1])}@127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>host:port of every tunnel that was opened.</summary>
    public ConcurrentBag<string> Tunnels { get; } = [];

    public async ValueTask DisposeAsync()
    {
        if (_accepting.IsCompleted)
            return;
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    async Task AcceptAsync()
    {
        var tunnels = new List<Task>();
        try
        {
            while (true)
                tunnels.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(tunnels);
        }
    }

    async Task ServeAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        try
        {
            var stream = near.GetStream();
            while (true)
            {
                var head = await ReadHeadAsync(stream);
                if (head.Length == 0)
                    return;
                if (!head.StartsWith("CONNECT ", StringComparison.Ordinal))
                {
                    await AnswerAsync(stream, "405 Method Not Allowed", "Content-Length: 0\r\n");
                }
                else if (!head.Contains($"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(_user))}", StringComparison.OrdinalIgnoreCase))
                {
                    await AnswerAsync(stream, "407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\n");
                }
                else
                {
                    await TunnelAsync(stream, far, head.Split(' ')[1]);
                    return;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
            // One side has gone; the other is let go with it.
        }
    }

    async Task TunnelAsync(NetworkStream near, TcpClient far, string target)
    {
        var at = target.Split(':');
        await far.ConnectAsync(at[0], int.Parse(at[1], System.Globalization.CultureInfo.InvariantCulture), _stop.Token);
        Tunnels.Add(target);
        await AnswerAsync(near, "200 Connection established", "");
        await Task.WhenAny(near.CopyToAsync(far.GetStream(), _stop.Token), far.GetStream().CopyToAsync(near, _stop.Token));
    }

    Task AnswerAsync(NetworkStream stream, string status, string headers) =>
        stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n{headers}\r\n"), _stop.Token).AsTask();

    async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, _stop.Token) > 0)
            head.Append((char)one[0]);
        return head.ToString();
    }
}
