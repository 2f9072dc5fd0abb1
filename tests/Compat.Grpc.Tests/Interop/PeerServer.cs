using System.Globalization;

namespace Compat.Grpc.Tests.Interop;

/// <summary>A peer's server and our client, shared by the cases.</summary>
public abstract class PeerServer(string peer) : IAsyncLifetime
{
    Peer _process = null!;

    public InteropTarget Target { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _process = Peer.Start(peer, "server");
        Target = new InteropTarget(int.Parse(await _process.ReadLineAsync(), CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        Target?.Dispose();
        if (_process is not null)
            await _process.DisposeAsync();
    }
}

public sealed class GrpcioServer() : PeerServer("grpcio");

public sealed class GrpcJsServer() : PeerServer("grpc-js");
