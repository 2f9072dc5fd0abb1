using Federated.Server.Aggregation;
using Federated.Server.Fleet;
using Federated.Server.Privacy;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage;
using Federated.Server.Transport;
using Federated.Server.Transport.Seam;
using Federated.Server.Transport.Uploads;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Server.Tests.Kit;

/// <summary>The server without Kestrel: everything from the transport seam to the stores.</summary>
sealed class ServerKit : IAsyncDisposable
{
    public ServerKit(IRunStore? store = null, IBlobStore? blobs = null, IUpdateSpools? spools = null, TimeProvider? time = null, int threads = 1, FleetOptions? fleet = null, UploadOptions? uploads = null, IRunSecrets? secrets = null)
    {
        Store = store ?? new MemoryRunStore();
        Blobs = blobs ?? new MemoryBlobStore();
        Spools = spools ?? new MemorySpools();
        Time = time ?? TimeProvider.System;
        Fleet = fleet ?? new FleetOptions();
        Clients = new ClientRegistry(Fleet, Time);
        Standings = new ClientStandings(Store, Fleet, Time);
        Tokens = new ClientTokens(Store, Standings, Time, NullLogger<ClientTokens>.Instance);
        var adapters = new AdapterCache(Blobs);
        var versions = new VersionWriter(Blobs, new ManifestEncoder());
        Secrets = secrets ?? new MemoryRunSecrets(1);
        var fold = new RecordedFold(Blobs, Spools, adapters, new WorkerOptions(threads));
        var worker = new RoundWorker(Blobs, adapters, versions, fold, new WorkerOptions(threads), Secrets);
        Replay = new RoundReplay(Blobs, Store, adapters, fold, Secrets);
        var services = new RoundServices(Store, Spools, worker, Clients, Time) { Blobs = new KeptBlobs(Blobs), Transfers = Transfers, Metrics = Metrics, Loggers = Loggers };
        Runs = new RunDirectory(services, new RunAdmission(Blobs, versions, Store, adapters, Secrets));
        var options = uploads ?? new UploadOptions();
        var intake = new UpdateIntake(Runs, Store, Spools, adapters, Transfers);
        Transport = new InProcessTransport(
            new SessionServices(Runs, Clients, Tokens, Fleet, Time) { Standings = Standings, Metrics = Metrics, Loggers = Loggers },
            new UploadServices(intake, Spools, new UploadLanes(options), new SpoolBudget(options.BudgetBytes), Tokens) { Options = options, Metrics = Metrics, Time = Time },
            new DownloadSession(Blobs, Runs, Tokens, Transfers, Metrics));
        Wire = new InProcessWire(Transport);
    }

    public IRunStore Store { get; }

    public IBlobStore Blobs { get; }

    public IUpdateSpools Spools { get; }

    public IRunSecrets Secrets { get; }

    public TimeProvider Time { get; }

    public FleetOptions Fleet { get; }

    public ClientRegistry Clients { get; }

    public ClientStandings Standings { get; }

    public ClientTokens Tokens { get; }

    public RoundReplay Replay { get; }

    public RunDirectory Runs { get; }

    public InProcessTransport Transport { get; }

    public InProcessWire Wire { get; }

    public TransferMeter Transfers { get; } = new();

    public RoundMetrics Metrics { get; } = new();

    public ILoggerFactory Loggers { get; } = NullLoggerFactory.Instance;

    public async Task<RoundLoop> CreateAsync(TestAdapter adapter, byte[] spec)
    {
        await Blobs.PutAsync([.. adapter.Blobs.Select(b => (ReadOnlyMemory<byte>)b)], CancellationToken.None);
        return await Runs.CreateAsync(RunSpecJson.Read(spec), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await Runs.DisposeAsync();
        Tokens.Dispose();
        Standings.Dispose();
        Metrics.Dispose();
    }
}
