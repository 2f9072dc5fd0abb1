namespace Federated.Cli.Simulation.Training;

/// <summary>Real training of a real model; only its duration is simulated.</summary>
/// <param name="Model">Hugging Face folder of the base.</param>
/// <param name="Adapter">What <c>federated adapter init</c> wrote for it.</param>
sealed record TorchSettings(string Model, string Adapter);
