using Federated.Server.Aggregation;
using Federated.Server.Fleet;
using Federated.Server.Identity;
using Federated.Server.Operator;
using Federated.Server.Privacy;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage;
using Federated.Server.Transport;
using Federated.Server.Transport.Uploads;

namespace Federated.Server.Hosting;

/// <summary>One AddX per feature.</summary>
static class ServerServices
{
    public static IServiceCollection AddStorage(this IServiceCollection services, DataFolder folder, Task<SqliteRunStore> opening, int spoolQuotaMib) => services
        .AddSingleton(folder)
        // Nobody asks for it before it is open.
        .AddSingleton<IRunStore>(_ => opening.Result)
        .AddSingleton(new OperatorRows(folder.Database))
        .AddSingleton<IRunSecrets>(_ => new RunSecrets(folder.Secrets))
        .AddSingleton<IBlobStore>(_ => new BlobStore(folder.Blobs))
        .AddSingleton<IUpdateSpools>(_ => new SpoolStore(folder.Spools, spoolQuotaMib == 0 ? long.MaxValue : (long)spoolQuotaMib << 20))
        .AddSingleton(s => new PublishedFolders(folder.Published, s.GetRequiredService<IBlobStore>(), s.GetRequiredService<AdapterCache>()));

    public static IServiceCollection AddAggregation(this IServiceCollection services, WorkerOptions options) => services
        .AddSingleton(options)
        .AddSingleton<AdapterCache>()
        .AddSingleton<VersionWriter>()
        .AddSingleton<RunAdmission>()
        .AddSingleton<RecordedFold>()
        .AddSingleton<RoundReplay>()
        .AddSingleton<IRoundWorker, RoundWorker>();

    public static IServiceCollection AddFleet(this IServiceCollection services, FleetOptions options) => services
        .AddSingleton(options)
        .AddSingleton<ClientRegistry>()
        .AddSingleton<ClientTokens>()
        .AddSingleton<ClientStandings>()
        .AddSingleton<TransferMeter>()
        .AddHostedService<HeartbeatMonitor>();

    public static IServiceCollection AddIdentity(this IServiceCollection services) => services
        .AddSingleton<IdentityOptions>()
        .AddSingleton<AuditTrail>()
        .AddSingleton<ApiKeys>()
        .AddSingleton<FirstKey>()
        .AddSingleton<ClientCertificates>()
        .AddSingleton<JoinTokens>()
        .AddSingleton<IdempotencyKeys>();

    public static IServiceCollection AddRounds(this IServiceCollection services, bool keepUpdates) => services
        .AddSingleton<TimeProvider>(new SteadyClock(TimeProvider.System))
        .AddSingleton<RoundMetrics>()
        .AddSingleton<PhaseTimes>()
        .AddSingleton(s => new RoundServices(
            s.GetRequiredService<IRunStore>(), s.GetRequiredService<IUpdateSpools>(), s.GetRequiredService<IRoundWorker>(),
            s.GetRequiredService<ClientRegistry>(), s.GetRequiredService<TimeProvider>())
        {
            Blobs = new KeptBlobs(s.GetRequiredService<IBlobStore>()),
            Transfers = s.GetRequiredService<TransferMeter>(),
            Metrics = s.GetRequiredService<RoundMetrics>(),
            Loggers = s.GetRequiredService<ILoggerFactory>(),
            KeepUpdates = keepUpdates,
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
            .AddSingleton<UpdateIntake>()
            .AddSingleton<DownloadSession>()
            .AddSingleton<CallerCredentials>()
            .AddSingleton<CallGuard>()
            .AddSingleton(s => new SessionServices(
                s.GetRequiredService<RunDirectory>(), s.GetRequiredService<ClientRegistry>(), s.GetRequiredService<ClientTokens>(),
                s.GetRequiredService<FleetOptions>(), s.GetRequiredService<TimeProvider>())
            {
                Standings = s.GetRequiredService<ClientStandings>(),
                Metrics = s.GetRequiredService<RoundMetrics>(),
                Phases = s.GetRequiredService<PhaseTimes>(),
                Loggers = s.GetRequiredService<ILoggerFactory>(),
            })
            .AddSingleton(s => new UploadServices(
                s.GetRequiredService<UpdateIntake>(), s.GetRequiredService<IUpdateSpools>(), s.GetRequiredService<UploadLanes>(),
                s.GetRequiredService<SpoolBudget>(), s.GetRequiredService<ClientTokens>())
            {
                Options = s.GetRequiredService<UploadOptions>(),
                Metrics = s.GetRequiredService<RoundMetrics>(),
                Phases = s.GetRequiredService<PhaseTimes>(),
                Time = s.GetRequiredService<TimeProvider>(),
            });
    }

    public static IServiceCollection AddOperator(this IServiceCollection services, OperatorOptions options) => services
        // The framework's default writes < and > as they are; a browser that is fooled about the type would read them.
        .ConfigureHttpJsonOptions(o => o.SerializerOptions.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.Default)
        .AddSingleton(options)
        .AddSingleton<ProblemMiddleware>()
        .AddSingleton<AccessMiddleware>()
        .AddSingleton<ChangeMiddleware>()
        .AddSingleton<RequestRates>()
        .AddSingleton<FleetBook>()
        .AddSingleton<EventStreams>()
        .AddOpenApi(RestDescription.Name, RestDescription.Configure);

    public static void MapOperator(this WebApplication app)
    {
        app.UseMiddleware<ProblemMiddleware>();
        app.UseMiddleware<AccessMiddleware>();
        app.UseMiddleware<ChangeMiddleware>();
        HealthApi.Map(app);
        app.MapOpenApi("/openapi/{documentName}.json").WithMetadata(new RouteRule(Role.Anyone));
        var api = app.MapGroup("/api/v1");
        RunsApi.Map(api);
        AdaptersApi.Map(api);
        BlobsApi.Map(api);
        FleetApi.Map(api);
        StrategiesApi.Map(api);
        AccessApi.Map(api);
        EventsApi.Map(api);
        PrivacyApi.Map(api);
        BackupApi.Map(api);
    }
}
