using Federated.Client.Devices;
using Federated.Client.Privacy;
using Federated.Client.Telemetry;

namespace Federated.Client.Rounds;

/// <summary>Everything a daemon remembers between connections.</summary>
sealed record ClientBooks(Outbox Outbox, WorkQueue Work, RunBook Runs, Outgoing Outgoing, SiteLedger Ledger)
{
    public TraceBook Traces { get; } = new();
    public LinkMeter Link { get; } = new();
}
