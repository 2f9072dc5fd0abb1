using System.Net;
using Grpc.AspNetCore.Server;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Compat.Grpc.Tests.Host;

/// <summary>A Kestrel server on an ephemeral loopback port.</summary>
public sealed class GrpcHost : IAsyncDisposable
{
    readonly WebApplication _app;

    GrpcHost(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    public IServiceProvider Services => _app.Services;

    public static async Task<GrpcHost> StartAsync(
        Action<WebApplication> map,
        Action<GrpcServiceOptions>? options = null,
        Action<IServiceCollection>? services = null,
        Action<ListenOptions>? listen = null,
        Action<KestrelServerLimits>? limits = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            limits?.Invoke(kestrel.Limits);
            kestrel.Listen(IPAddress.Loopback, 0, endpoint =>
            {
                endpoint.Protocols = HttpProtocols.Http2;
                listen?.Invoke(endpoint);
            });
        });
        builder.Services.AddGrpc(options ?? (_ => { }));
        services?.Invoke(builder.Services);
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
        return new GrpcHost(app) { Address = new Uri(address) };
    }

    public GrpcChannel Channel(Action<GrpcChannelOptions>? configure = null)
    {
        var options = new GrpcChannelOptions();
        configure?.Invoke(options);
        return GrpcChannel.ForAddress(Address, options);
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource();
        atOnce.Cancel();
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }
}
