using Federated.Client.Privacy;

namespace Federated.Client.Storage;

/// <summary>What a client keeps between its processes: on disk, or in memory for a simulation.</summary>
public interface IClientState
{
    /// <summary>This client's secret, 64 lower-case hexadecimal digits.</summary>
    string Token { get; }

    IOutboxStore Outbox { get; }

    /// <summary>What the site has spent on privacy.</summary>
    SiteLedger Ledger { get; }

    /// <summary>The shelf of downloaded blobs.</summary>
    IBlobShelf Blobs(long capacityBytes, TimeProvider time);
}
