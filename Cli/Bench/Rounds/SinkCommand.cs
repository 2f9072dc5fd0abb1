using System.Buffers;
using System.CommandLine;
using System.Globalization;
using System.Net;
using Federated.Cli.Terminal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace Federated.Cli.Bench.Rounds;

/// <summary><c>federated bench sink</c>: the other end of the floor, a raw HTTP/2 stream that is read or written and nothing else.</summary>
static class SinkCommand
{
    const int ChunkBytes = 256 << 10;

    public static Command Create()
    {
        var command = new Command("sink", "The other end of a raw HTTP/2 stream, for benchmarks.") { Hidden = true };
        command.SetAction(async (_, stop) =>
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseKestrel(k =>
            {
                k.Limits.MaxRequestBodySize = null;
                k.Limits.Http2.InitialConnectionWindowSize = 4 << 20;
                k.Limits.Http2.InitialStreamWindowSize = 1 << 20;
                k.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http2);
            });
            await using var app = builder.Build();
            app.MapPost("/up", async context =>
            {
                context.Features.Get<IHttpMinRequestBodyDataRateFeature>()!.MinDataRate = null;
                var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
                while (await context.Request.Body.ReadAsync(buffer, stop) > 0)
                {
                }
                ArrayPool<byte>.Shared.Return(buffer);
            });
            app.MapGet("/down/{bytes:long}", async context =>
            {
                var left = long.Parse((string)context.Request.RouteValues["bytes"]!, CultureInfo.InvariantCulture);
                var buffer = new byte[ChunkBytes];
                for (; left > 0; left -= ChunkBytes)
                    await context.Response.Body.WriteAsync(buffer.AsMemory(0, (int)Math.Min(left, ChunkBytes)), stop);
            });
            await app.StartAsync(stop);
            Console.WriteLine(app.Urls.Single());
            await Task.Delay(Timeout.InfiniteTimeSpan, stop).ContinueWith(_ => { }, TaskScheduler.Default);
            return ExitCode.Done;
        });
        return command;
    }
}
