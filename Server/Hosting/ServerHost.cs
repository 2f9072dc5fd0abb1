using Federated.Server.Dashboard;
using Federated.Server.Faults;
using Federated.Server.Fleet;
using Federated.Server.Runs;
using Federated.Server.Storage;
using Federated.Server.Transport;

namespace Federated.Server.Hosting;

/// <summary>The server from its arguments to its end.</summary>
static class ServerHost
{
    public static async Task RunAsync(ServerArguments arguments)
    {
        using var folder = DataFolder.Open(arguments.Data);
        await using var store = await SqliteRunStore.OpenAsync(folder.Database, CancellationToken.None);
        var listeners = new Listeners();
        await using var app = Build(arguments, folder, store, listeners);
        await app.Services.GetRequiredService<ClientTokens>().LoadAsync(CancellationToken.None);
        var runs = app.Services.GetRequiredService<RunDirectory>();
        await runs.ResumeAsync(CancellationToken.None);
        var (lifetime, registry) = (app.Lifetime, app.Services.GetRequiredService<ClientRegistry>());
        lifetime.ApplicationStarted.Register(() => Announce(folder, listeners));
        lifetime.ApplicationStopping.Register(() => registry.DismissAll("shutting-down"));
        ParentPipe.Watch(lifetime.StopApplication);
        await StartAsync(app, arguments);
        await app.WaitForShutdownAsync();
    }

    static WebApplication Build(ServerArguments arguments, DataFolder folder, SqliteRunStore store, Listeners listeners)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = folder.Path });
        builder.Logging.ClearProviders().AddSimpleConsole(o => { o.SingleLine = true; o.UseUtcTimestamp = true; o.TimestampFormat = "HH:mm:ss.fff "; });
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Federated", LogLevel.Information)
            // A start that fails is told once, by the program, on one line.
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        builder.WebHost.UseKestrel(k => listeners.Configure(k, arguments));
        builder.Services.AddSingleton(listeners);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(10));
        builder.Services.AddStorage(folder, store).AddAggregation(folder, arguments.Threads).AddFleet().AddRounds().AddTransport().AddOperator();
        var app = builder.Build();
        app.UseDashboard();
        app.MapOperator();
        app.MapDashboard();
        app.MapGrpcService<CoordinationService>();
        app.MapGrpcService<AdapterTransferService>();
        return app;
    }

    static async Task StartAsync(WebApplication app, ServerArguments arguments)
    {
        try
        {
            await app.StartAsync();
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new FaultException(Fault.PortTaken, $"Port {arguments.HttpPort} (--http-port) or {arguments.GrpcPort} (--grpc-port) is taken: {e.Message}", e);
        }
    }

    static void Announce(DataFolder folder, Listeners listeners)
    {
        folder.WriteEndpoints(listeners.HttpPort, listeners.GrpcPort);
        Console.WriteLine($"Listening: REST on http://127.0.0.1:{listeners.HttpPort}, clients on http://127.0.0.1:{listeners.GrpcPort}");
    }
}
