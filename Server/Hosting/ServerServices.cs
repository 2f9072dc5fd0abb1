using Federated.Server.Aggregation;
using Federated.Server.Fleet;
using Federated.Server.Operator;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage;
using Federated.Server.Transport;
using Federated.Server.Transport.Uploads;

namespace Federated.Server.Hosting;

/// <summary>One AddX per feature.</summary>
static class ServerServices
{
    public static IServiceCollection AddStorage(this IServiceCollection services, DataFolder folder, SqliteRunStore store) => services
        .AddSingleton(folder)
        .AddSingleton<IRunStore>(store)
        .AddSingleton<IBlobStore>(_ => new BlobStore(folder.Blobs))
        .AddSingleton<IUpdateSpools>(_ => new SpoolStore(folder.Spools));

    public static IServiceCollection AddAggregation(this IServiceCollection services, DataFolder folder, int threads) => services
        .AddSingleton(new WorkerOptions(threads, PublishedFolder: folder.Published))
        .AddSingleton<AdapterCache>()
        .AddSingleton<VersionWriter>()
        .AddSingleton<RunAdmission>()
        .AddSingleton<IRoundWorker, RoundWorker>()
        .AddSingleton(s => new PublishedFolders(folder.Published, s.GetRequiredService<IBlobStore>(), s.GetRequiredService<AdapterCache>()));

    public static IServiceCollection AddFleet(this IServiceCollection services) => services
        .AddSingleton<FleetOptions>()
        .AddSingleton<ClientRegistry>()
        .AddSingleton<ClientTokens>()
        .AddHostedService<HeartbeatMonitor>();

    public static IServiceCollection AddRounds(this IServiceCollection services) => services
        .AddSingleton(TimeProvider.System)
        .AddSingleton<RoundMetrics>()
        .AddSingleton(s => new RoundServices(
            s.GetRequiredService<IRunStore>(), s.GetRequiredService<IUpdateSpools>(), s.GetRequiredService<IRoundWorker>(),
            s.GetRequiredService<ClientRegistry>(), s.GetRequiredService<TimeProvider>())
        {
            Metrics = s.GetRequiredService<RoundMetrics>(),
            Loggers = s.GetRequiredService<ILoggerFactory>(),
        })
        .AddSingleton<RunDirectory>();

    public static IServiceCollection AddTransport(this IServiceCollection services)
    {
        services.AddGrpc(o =>
        {
            o.MaxReceiveMessageSize = ProtocolLimits.UploadFrameBytes;
            o.EnableDetailedErrors = false;
        });
        return services
            .AddSingleton<IManifestEncoder, ManifestEncoder>()
            .AddSingleton<TransportOptions>()
            .AddSingleton<UploadOptions>()
            .AddSingleton(s => new SpoolBudget(s.GetRequiredService<UploadOptions>().BudgetBytes))
            .AddSingleton<UploadLanes>()
            .AddSingleton<TransferMeter>()
            .AddSingleton<UpdateIntake>()
            .AddSingleton<DownloadSession>()
            .AddSingleton<CallGuard>()
            .AddSingleton(s => new SessionServices(
                s.GetRequiredService<RunDirectory>(), s.GetRequiredService<ClientRegistry>(), s.GetRequiredService<ClientTokens>(),
                s.GetRequiredService<FleetOptions>(), s.GetRequiredService<TimeProvider>())
            {
                Metrics = s.GetRequiredService<RoundMetrics>(),
                Loggers = s.GetRequiredService<ILoggerFactory>(),
            })
            .AddSingleton(s => new UploadServices(
                s.GetRequiredService<UpdateIntake>(), s.GetRequiredService<IUpdateSpools>(), s.GetRequiredService<UploadLanes>(),
                s.GetRequiredService<SpoolBudget>(), s.GetRequiredService<ClientTokens>())
            {
                Options = s.GetRequiredService<UploadOptions>(),
                Metrics = s.GetRequiredService<RoundMetrics>(),
                Time = s.GetRequiredService<TimeProvider>(),
            });
    }

    public static IServiceCollection AddOperator(this IServiceCollection services) => services.AddSingleton<ProblemMiddleware>();

    public static void MapOperator(this WebApplication app)
    {
        app.UseMiddleware<ProblemMiddleware>();
        var api = app.MapGroup("/api/v1");
        HealthApi.Map(api);
        RunsApi.Map(api);
        BlobsApi.Map(api);
        FleetApi.Map(api);
        StrategiesApi.Map(api);
    }
}
