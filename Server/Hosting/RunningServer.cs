using System.Net;
using Federated.Server.Aggregation;
using Federated.Server.Dashboard;
using Federated.Server.Faults;
using Federated.Server.Fleet;
using Federated.Server.Identity;
using Federated.Server.Operator;
using Federated.Server.Runs;
using Federated.Server.Storage;
using Federated.Server.Telemetry;
using Federated.Server.Transport;

namespace Federated.Server.Hosting;

/// <summary>The composed server over its store: built, loaded, listening, ended.</summary>
sealed class RunningServer : IAsyncDisposable
{
    readonly ServerArguments _arguments;
    readonly DataFolder _folder;
    readonly Task<SqliteRunStore> _opening;
    readonly ServerCertificates? _certificates;
    readonly Listeners _listeners = new();
    readonly WebApplication _app;

    public RunningServer(ServerArguments arguments, DataFolder folder, Task<SqliteRunStore> opening, ServerCertificates? certificates, Action<IServiceCollection>? configure = null, OperatorOptions? limits = null)
    {
        (_arguments, _folder, _opening, _certificates) = (arguments, folder, opening, certificates);
        var options = (limits ?? new OperatorOptions { RequireKeys = false, LoopbackOnly = false }) with
        {
            RequireKeys = arguments.RequireKeys, LoopbackOnly = arguments.IsLoopback && arguments.Tls is null,
        };
        // To notice a changed appsettings.json, which nobody is told to write, the host would watch every file of the data folder.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = folder.Path, Args = ["--hostBuilder:reloadConfigOnChange=false"] });
        builder.Logging.ClearProviders().AddTelemetry();
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Federated", LogLevel.Information)
            // A start that fails is told once, by the program, on one line.
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseKestrel(k => _listeners.Configure(k, arguments, options, certificates));
        builder.Services.AddSingleton(_listeners);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(10));
        builder.Services.AddStorage(folder, opening, arguments.SpoolQuotaMib).AddAggregation(new WorkerOptions(arguments.Threads, PublishedFolder: folder.Published)).AddFleet(new FleetOptions { ApproveClients = arguments.ApproveClients })
            .AddIdentity().AddRounds(arguments.KeepUpdates).AddTransport().AddOperator(options).AddTelemetry();
        configure?.Invoke(builder.Services);
        _app = builder.Build();
        // Before the others: mapping looks for what is there already, and would make every route of REST several times over.
        _app.MapGrpcService<CoordinationService>();
        _app.MapGrpcService<AdapterTransferService>();
        _app.UseDashboard();
        _app.MapOperator();
        _app.MapDashboard();
        _app.MapMetrics().Needs(Role.Viewer, "Metrics in the Prometheus text format.").ExcludeFromDescription();
    }

    public IServiceProvider Services => _app.Services;

    public string HttpAddress => Address(_listeners.HttpPort);

    public string GrpcAddress => Address(_listeners.GrpcPort);

    /// <exception cref="FaultException">The database cannot be opened, or a port is taken.</exception>
    public async Task StartAsync()
    {
        await _opening;
        await LoadAsync();
        Services.StartTelemetry();
        var registry = Services.GetRequiredService<ClientRegistry>();
        _app.Lifetime.ApplicationStopping.Register(() => registry.DismissAll("shutting-down"));
        try
        {
            await _app.StartAsync();
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new FaultException(Fault.PortTaken, $"Port {_arguments.HttpPort} (--http-port) or {_arguments.GrpcPort} (--grpc-port) is taken: {e.Message}", e);
        }
        var authority = _arguments.Tls is null ? null : Path.GetFullPath(Path.Combine(_arguments.Tls, TlsFolder.AuthorityFile));
        _folder.WriteEndpoints(HttpAddress, GrpcAddress, authority);
    }

    public void Stop() => _app.Lifetime.StopApplication();

    public Task WaitForShutdownAsync() => _app.WaitForShutdownAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    async Task LoadAsync()
    {
        var never = CancellationToken.None;
        await Services.GetRequiredService<ClientTokens>().LoadAsync(never);
        Services.GetRequiredService<ClientStandings>().Load(await Services.GetRequiredService<OperatorRows>().StandingsAsync(never));
        await Services.GetRequiredService<AuditTrail>().LoadAsync(never);
        await Services.GetRequiredService<ApiKeys>().LoadAsync(never);
        await Services.GetRequiredService<ClientCertificates>().LoadAsync(_certificates?.Authority, never);
        await Services.GetRequiredService<JoinTokens>().LoadAsync(never);
        await Services.GetRequiredService<IdempotencyKeys>().LoadAsync(never);
        if (_arguments.RequireKeys)
            await Services.GetRequiredService<FirstKey>().EnsureAsync(_folder.AdminKey, never);
        await Services.GetRequiredService<RunDirectory>().ResumeAsync(never);
    }

    string Address(int port)
    {
        var listen = IPAddress.Parse(_arguments.Listen);
        var host = listen.Equals(IPAddress.Any) ? IPAddress.Loopback : listen.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : listen;
        return new UriBuilder(_arguments.Tls is null ? "http" : "https", host.ToString(), port).Uri.GetLeftPart(UriPartial.Authority);
    }
}
