using Federated.Client.Data;
using Federated.Client.Models;
using Federated.Client.Peft;
using Federated.Client.Rounds;
using Federated.Client.Training;

namespace Federated.Client.Devices;

/// <summary>What a training step costs on this device: time and resident memory at two batch sizes.</summary>
public static class DeviceProbe
{
    const int Steps = 5;

    /// <summary>Trains a few steps at each batch from a start point that is not changed.</summary>
    /// <param name="model">With nothing attached.</param>
    /// <param name="start">The largest adapter that may be asked for.</param>
    /// <param name="data">One example or more.</param>
    /// <param name="smallBatch">1 or more.</param>
    /// <param name="largeBatch">Larger.</param>
    /// <param name="time">The clock.</param>
    public static (StepCost Small, StepCost Large) Measure(IFoundationModel model, StartPoint start, IExamples data, int smallBatch, int largeBatch, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(smallBatch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(largeBatch, smallBatch);
        // The first pass makes threads and buffers that no later step pays for.
        Measure(model, start, data, smallBatch, time);
        return (Measure(model, start, data, smallBatch, time), Measure(model, start, data, largeBatch, time));
    }

    static StepCost Measure(IFoundationModel model, StartPoint start, IExamples data, int batch, TimeProvider time)
    {
        using var adapter = AttachedAdapter.Attach(model, start.Layout, start.Offsets);
        adapter.Import(start.Values);
        var (seconds, last) = (new List<double>(), time.GetTimestamp());
        ResidentMemory.ResetPeak();
        new Trainer(model).Train(adapter, data, new TrainSettings { Steps = Steps, BatchSize = batch, LearningRate = 1e-6 }, CounterRandom.Key("federated.probe.v1", $"{batch}"), _ =>
        {
            seconds.Add(time.GetElapsedTime(last).TotalSeconds);
            last = time.GetTimestamp();
        });
        return new StepCost(batch, seconds.Order().ElementAt(Steps / 2), ResidentMemory.PeakBytes());
    }
}

/// <summary>One measured step.</summary>
/// <param name="Batch">Examples in it.</param>
/// <param name="Seconds">Median time.</param>
/// <param name="PeakBytes">Largest resident memory of the process meanwhile; 0 where the system does not say.</param>
public sealed record StepCost(int Batch, double Seconds, long PeakBytes);
