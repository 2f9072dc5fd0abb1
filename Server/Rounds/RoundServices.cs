using Federated.Server.Fleet;
using Federated.Server.Storage;

namespace Federated.Server.Rounds;

/// <summary>What every run's loop works with.</summary>
sealed record RoundServices(IRunStore Store, IUpdateSpools Spools, IRoundWorker Worker, ClientRegistry Clients, TimeProvider Time)
{
    /// <summary>Keep the updates of every run, whatever its specification says.</summary>
    public bool KeepUpdates { get; init; }

    public required KeptBlobs Blobs { get; init; }
    public required TransferMeter Transfers { get; init; }
    public required RoundMetrics Metrics { get; init; }
    public required ILoggerFactory Loggers { get; init; }
}
