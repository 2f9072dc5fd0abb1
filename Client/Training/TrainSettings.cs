namespace Federated.Client.Training;

/// <summary>How a round trains; the fields of the wire's TrainSettings.</summary>
public sealed record TrainSettings
{
    /// <summary>Optimiser steps, 1 or more.</summary>
    public int Steps { get; init; } = 20;

    /// <summary>Examples in a batch, 1 or more.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>"adamw" or "sgd".</summary>
    public string Optimizer { get; init; } = OptimizerNames.AdamW;

    /// <summary>Above 0.</summary>
    public double LearningRate { get; init; } = 1e-2;

    /// <summary>0 or more.</summary>
    public double WeightDecay { get; init; }

    /// <summary>0 to below 1; sgd only.</summary>
    public double Momentum { get; init; }

    /// <summary>Largest norm of the gradient over all tensors; 0 is none.</summary>
    public double ClipNorm { get; init; }

    /// <summary>Clips and disturbs every example's gradient; null trains on whole batches.</summary>
    public PerExampleNoise? Private { get; init; }

    /// <summary>FedProx's mu, 0 or more: every step's gradient gets mu times the distance from where the round started; 0 is none.</summary>
    public double Proximal { get; init; }

    /// <summary>Two batches at which a step is measured before training, the smaller first; null measures none.</summary>
    public (int Small, int Large)? Measure { get; init; }

    /// <summary>Whether the coordinator wants to know what the training took.</summary>
    public bool TellCost { get; init; }

    /// <summary>Why these settings cannot be used, or null.</summary>
    public string? Problem() =>
        Steps < 1 ? $"steps is {Steps}; 1 or more is needed"
        : BatchSize < 1 ? $"batch size is {BatchSize}; 1 or more is needed"
        : !OptimizerNames.All.Contains(Optimizer) ? $"optimizer is '{Optimizer}'; {string.Join(" or ", OptimizerNames.All)} is needed"
        : Measure is { } measure && (measure.Small < 1 || measure.Large <= measure.Small) ? $"steps are to be measured at batches {measure.Small} and {measure.Large}; two different ones, the smaller first, are needed"
        : !(LearningRate > 0 && double.IsFinite(LearningRate)) ? $"learning rate is {LearningRate}; a finite number above 0 is needed"
        : !(WeightDecay >= 0 && double.IsFinite(WeightDecay)) ? $"weight decay is {WeightDecay}; a finite number of at least 0 is needed"
        : Momentum is not (>= 0 and < 1) ? $"momentum is {Momentum}; 0 to below 1 is allowed"
        : !(ClipNorm >= 0 && double.IsFinite(ClipNorm)) ? $"clip norm is {ClipNorm}; a finite number of at least 0 is needed"
        : !(Proximal >= 0 && double.IsFinite(Proximal)) ? $"proximal is {Proximal}; a finite number of at least 0 is needed"
        : null;
}
