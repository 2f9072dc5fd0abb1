using Federated.Client.Devices;

namespace Federated.Client.Training;

/// <summary>What training did.</summary>
/// <param name="Steps">Optimiser steps taken.</param>
/// <param name="Loss">Mean loss over the last steps, at most ten.</param>
/// <param name="Seconds">Time of all steps.</param>
public sealed record TrainReport(int Steps, double Loss, double Seconds)
{
    /// <summary>Largest resident memory of the process meanwhile; 0 where the system does not say.</summary>
    public long PeakBytes { get; init; }

    /// <summary>What a planner needs to know of this site; null where nobody asked.</summary>
    public SiteMeasurement? Measurement { get; init; }
}
