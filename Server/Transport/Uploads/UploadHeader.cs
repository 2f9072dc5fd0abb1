using Federated.Aggregators.Adapters;

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
}
