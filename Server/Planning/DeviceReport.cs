namespace Federated.Server.Planning;

/// <summary>What a site measured of its device, with its base loaded and the largest adapter attached.</summary>
/// <param name="Client">Its id.</param>
/// <param name="MemoryBytes">What the process may use.</param>
/// <param name="Small">A step at the smaller batch.</param>
/// <param name="Large">A step at the larger batch; larger than the smaller one.</param>
/// <param name="UpBytesPerSecond">Above 0.</param>
/// <param name="DownBytesPerSecond">Above 0.</param>
/// <param name="Samples">Training examples.</param>
/// <param name="BaseBits">Bits per weight in which it can hold its frozen base: 32, 8, 4.</param>
public sealed record DeviceReport(
    string Client, long MemoryBytes, StepMeasurement Small, StepMeasurement Large, double UpBytesPerSecond, double DownBytesPerSecond, long Samples, IReadOnlyList<int> BaseBits)
{
    /// <summary>Weights of its frozen base that fewer bits shrink.</summary>
    public required long BaseWeights { get; init; }

    /// <summary>What the process takes besides those weights, the trained scalars and the activations: the runtime, norms, embeddings. 0 or more; default 0.</summary>
    public double FixedBytes { get; init; }

    /// <summary>Seconds of a step at a batch: the line through the two measurements.</summary>
    public double StepSeconds(int batch)
    {
        var slope = Math.Max(0, (Large.Seconds - Small.Seconds) / (Large.Batch - Small.Batch));
        return Math.Max(Small.Seconds + slope * (batch - Small.Batch), 0);
    }

    /// <summary>Activation bytes that one more example in the batch takes.</summary>
    public double ActivationBytes => Math.Max(0, (double)(Large.PeakBytes - Small.PeakBytes) / (Large.Batch - Small.Batch));

    /// <summary>The report with <see cref="FixedBytes"/> as what the smaller step's peak leaves unexplained.</summary>
    /// <param name="scalars">Trained in the measured steps.</param>
    public DeviceReport Explained(long scalars) =>
        this with { FixedBytes = Math.Max(0, Small.PeakBytes - CostModel.BaseBytes(BaseWeights, 32) - CostModel.TrainedBytes(scalars) - Small.Batch * ActivationBytes) };

    /// <summary>Why the report cannot be planned with, or null.</summary>
    public string? Problem() =>
        MemoryBytes < 1 ? $"memory is {MemoryBytes} bytes; 1 or more is needed"
        : Small.Batch < 1 || Large.Batch <= Small.Batch ? $"steps were measured at batches {Small.Batch} and {Large.Batch}; two different ones, the smaller first, are needed"
        : !(Small.Seconds > 0 && double.IsFinite(Large.Seconds) && Large.Seconds > 0) ? $"steps took {Small.Seconds} and {Large.Seconds} s; finite times above 0 are needed"
        : !(UpBytesPerSecond > 0 && DownBytesPerSecond > 0) ? $"bandwidth is {UpBytesPerSecond} up and {DownBytesPerSecond} down; above 0 is needed"
        : BaseWeights < 0 ? $"its base has {BaseWeights} weights; 0 or more are needed"
        : Samples < 1 ? $"it has {Samples} samples; 1 or more is needed"
        : BaseBits.Count == 0 ? "it supports no precision of the base"
        : null;
}

/// <summary>One measured training step.</summary>
/// <param name="Batch">Examples in it.</param>
/// <param name="Seconds">Median time.</param>
/// <param name="PeakBytes">Largest resident memory meanwhile.</param>
public sealed record StepMeasurement(int Batch, double Seconds, long PeakBytes);
