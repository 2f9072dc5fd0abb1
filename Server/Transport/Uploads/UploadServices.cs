using Federated.Server.Fleet;
using Federated.Server.Rounds;
using Federated.Server.Storage;

namespace Federated.Server.Transport.Uploads;

/// <summary>What every upload works with.</summary>
sealed record UploadServices(UpdateIntake Intake, IUpdateSpools Spools, UploadLanes Lanes, SpoolBudget Budget, ClientTokens Tokens)
{
    public required UploadOptions Options { get; init; }
    public required RoundMetrics Metrics { get; init; }
    public required TimeProvider Time { get; init; }
    public PhaseTimes Phases { get; init; } = new();
}
