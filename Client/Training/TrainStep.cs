namespace Federated.Client.Training;

/// <summary>How far training is.</summary>
/// <param name="Step">Steps done, from 1.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Loss">Mean loss of this step's batch.</param>
public readonly record struct TrainStep(int Step, int Steps, double Loss);
