namespace Federated.Client.Training;

/// <summary>What training did.</summary>
/// <param name="Steps">Optimiser steps taken.</param>
/// <param name="Loss">Mean loss over the last steps, at most ten.</param>
/// <param name="Seconds">Time of all steps.</param>
public sealed record TrainReport(int Steps, double Loss, double Seconds);
