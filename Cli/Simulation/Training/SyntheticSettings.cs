namespace Federated.Cli.Simulation.Training;

/// <summary>The cheap objective, and the adapter that it is about.</summary>
/// <param name="Modules">LoRA modules, 1 to 256; default 2.</param>
/// <param name="Width">Of each module's square weight, 1 to 65,536; default 16.</param>
/// <param name="Rank">1 to 256, at most the width; default 4.</param>
/// <param name="Skew">How far a client's optimum lies from the common one, relative to it; 0 to 100, default 0.3.</param>
/// <param name="GradientNoise">Standard deviation of a step's gradient noise, relative to the distance of the optimum; 0 to 100, default 0.1.</param>
sealed record SyntheticSettings(int Modules = 2, int Width = 16, int Rank = 4, double Skew = 0.3, double GradientNoise = 0.1);
