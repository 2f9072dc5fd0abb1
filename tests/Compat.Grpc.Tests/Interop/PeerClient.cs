using Compat.Grpc.Tests.Host;
using Microsoft.AspNetCore.Builder;

namespace Compat.Grpc.Tests.Interop;

/// <summary>Our server and a peer's client, shared by the cases.</summary>
public abstract class PeerClient(string peer) : IAsyncLifetime
{
    Peer _process = null!;
    GrpcHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await GrpcHost.StartAsync(app => app.MapGrpcService<InteropService>());
        _process = Peer.Start(peer, "client", $"{_host.Address.Port}");
    }

    public Task<string> RunAsync(string name) => _process.AskAsync(name);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        if (_host is not null)
            await _host.DisposeAsync();
    }
}

public sealed class GrpcioClient() : PeerClient("grpcio");

public sealed class GrpcJsClient() : PeerClient("grpc-js");
