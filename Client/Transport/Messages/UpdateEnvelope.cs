using Federated.Aggregators.Adapters;

namespace Federated.Client.Transport.Messages;

/// <summary>What is written ahead of an update's bytes.</summary>
public sealed record UpdateEnvelope
{
    public required WorkAssignment Work { get; init; }
    public required string ClientId { get; init; }

    /// <summary>Tensors, base and plan.</summary>
    public required UpdateHeader Header { get; init; }

    /// <summary>0 where the trust mode withholds it.</summary>
    public required long Samples { get; init; }
    public required int LocalSteps { get; init; }

    /// <summary>NaN where the trust mode withholds it.</summary>
    public required double TrainingLoss { get; init; }

    /// <summary>What the training took; null where nobody asked.</summary>
    public TrainCost? Cost { get; init; }

    /// <summary>What the next plan needs to know of this site; null where nobody asked.</summary>
    public DeviceMeasurement? Measurement { get; init; }
}
