using Federated.Aggregators.Adapters;
using Federated.Server.Rounds;

namespace Federated.Server.Transport.Uploads;

/// <summary>What an update says about itself: who made it, from what, for what.</summary>
sealed record UploadHeader(string Run, string AssignmentId, string Client, int Round)
{
    public required string SchemaDigest { get; init; }
    public required string BaseDigest { get; init; }
    public required string StartManifest { get; init; }
    public required int PlanVersion { get; init; }
    public required long Samples { get; init; }

    /// <summary>Null where withheld.</summary>
    public required double? TrainingLoss { get; init; }

    public required IReadOnlyList<TensorHeader> Tensors { get; init; }

    /// <summary>What the training took; null where the client does not say.</summary>
    public WorkCost? Cost { get; init; }

    /// <summary>Null where the client measured nothing.</summary>
    public SiteMeasurement? Measurement { get; init; }
}
