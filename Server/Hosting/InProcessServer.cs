using Federated.Server.Aggregation;
using Federated.Server.Fleet;
using Federated.Server.Privacy;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage;
using Federated.Server.Transport;
using Federated.Server.Transport.Seam;
using Federated.Server.Transport.Uploads;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Federated.Server.Hosting;

/// <summary>
/// The coordinator without Kestrel and without a disk: everything from the transport's seam to stores in memory, on any clock. The
/// stores outlive it, so that another one can take up where this one was ended.
/// </summary>
sealed class InProcessServer : IAsyncDisposable
{
    readonly ServiceProvider _services;

    public InProcessServer(MemoryStores stores, TimeProvider time, FleetOptions fleet, WorkerOptions worker, ILoggerProvider log)
    {
        var services = new ServiceCollection()
            .AddLogging(b => b.AddProvider(log).AddFilter("Federated", LogLevel.Information))
            .AddSingleton<IRunStore>(stores.Runs).AddSingleton<IBlobStore>(stores.Blobs).AddSingleton<IUpdateSpools>(stores.Spools).AddSingleton<IRunSecrets>(stores.Secrets)
            .AddAggregation(worker).AddFleet(fleet).AddRounds(keepUpdates: false).AddTransport();
        services.Replace(ServiceDescriptor.Singleton(time));
        _services = services.BuildServiceProvider();
        Transport = new InProcessTransport(Get<SessionServices>(), Get<UploadServices>(), Get<DownloadSession>());
        Heartbeats = ActivatorUtilities.CreateInstance<HeartbeatMonitor>(_services);
    }

    public InProcessTransport Transport { get; }

    public RunDirectory Runs => Get<RunDirectory>();

    public ClientRegistry Clients => Get<ClientRegistry>();

    /// <summary>Whoever drives the clock calls its check, every half heartbeat.</summary>
    public HeartbeatMonitor Heartbeats { get; }

    /// <summary>Takes up every run where its record left it.</summary>
    public async Task ResumeAsync(CancellationToken stopping)
    {
        await Get<ClientTokens>().LoadAsync(stopping);
        await Runs.ResumeAsync(stopping);
    }

    public async ValueTask DisposeAsync()
    {
        Heartbeats.Dispose();
        // First and by ourselves: the container would wait for the loops on another thread than the simulation's.
        await Runs.DisposeAsync();
        await _services.DisposeAsync();
    }

    T Get<T>() where T : notnull => _services.GetRequiredService<T>();
}
