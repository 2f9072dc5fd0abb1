using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Federated.Bench.Transport;

/// <summary>The server process: the gRPC service and its raw counterpart on one port.</summary>
static class Endpoint
{
    public const int ChunkSize = 256 * 1024;

    public static async Task ServeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        await using var app = builder.Build();
        app.MapGrpcService<TransferService>();
        app.MapPost("/raw/upload", (RequestDelegate)ReceiveRawAsync);
        app.MapPost("/raw/download/{bytes:long}", (RequestDelegate)SendRawAsync);
        app.MapPost("/allocated", (RequestDelegate)(http => http.Response.WriteAsync($"{GC.GetTotalAllocatedBytes(precise: true)}")));
        await app.StartAsync();
        Console.WriteLine(app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());
        // The parent closes standard input when it ends, however it ends.
        await Console.In.ReadToEndAsync();
    }

    static async Task ReceiveRawAsync(HttpContext http)
    {
        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        long received = 0;
        while (true)
        {
            var read = await http.Request.BodyReader.ReadAsync();
            received += read.Buffer.Length;
            http.Request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                break;
        }
        await http.Response.WriteAsync($"{received}");
    }

    static async Task SendRawAsync(HttpContext http)
    {
        var chunk = new byte[ChunkSize];
        for (var left = long.Parse((string)http.Request.RouteValues["bytes"]!, CultureInfo.InvariantCulture); left > 0; left -= chunk.Length)
            await http.Response.BodyWriter.WriteAsync(chunk.AsMemory(0, (int)Math.Min(chunk.Length, left)));
    }
}
