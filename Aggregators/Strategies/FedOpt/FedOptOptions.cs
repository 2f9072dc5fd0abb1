using Federated.Aggregators.Json;

namespace Federated.Aggregators.Strategies.FedOpt;

/// <summary>Options of the adaptive server optimisers.</summary>
/// <param name="LearningRate">eta, above 0.</param>
/// <param name="Beta1">Decay of the mean, 0 to below 1.</param>
/// <param name="Beta2">Decay of the square, 0 to below 1.</param>
/// <param name="Tau">Added to the root of the square, above 0.</param>
sealed record FedOptOptions(double LearningRate, double Beta1, double Beta2, double Tau)
{
    public static FedOptOptions Read(StrictObject options, double learningRate, double beta1, double beta2) => new(
        options.Number("learning_rate", double.Epsilon, 1e6, learningRate), options.Number("beta1", 0, 0.999999, beta1),
        options.Number("beta2", 0, 0.999999999, beta2), options.Number("tau", double.Epsilon, 1e6, 1e-3));
}
