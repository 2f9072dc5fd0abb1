using Federated.Server.Fleet;
using Federated.Server.Rounds;
using Federated.Server.Runs;

namespace Federated.Server.Transport;

/// <summary>What every control stream works with.</summary>
sealed record SessionServices(RunDirectory Runs, ClientRegistry Clients, ClientTokens Tokens, FleetOptions Fleet, TimeProvider Time)
{
    public required ClientStandings Standings { get; init; }
    public required RoundMetrics Metrics { get; init; }
    public required ILoggerFactory Loggers { get; init; }
    public PhaseTimes Phases { get; init; } = new();
}
