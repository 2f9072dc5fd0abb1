using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.Weighers;

/// <summary>Weights proportional to the samples that clients report.</summary>
sealed class SamplesWeigher : IWeigherStrategy, IWeigher
{
    public string Name => "samples";

    public string Summary => "Weights proportional to the clients' sample counts.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.Weigher];

    // Masked sums can carry n_k and n_k * delta; central noise needs uniform weights, which the run's privacy settings check.
    public Capabilities Capabilities { get; } = new() { LinearSum = true, Exact = true, MixedRanks = true, Asynchronous = true, KeepsGauge = true };

    public IWeigher Configure(StrictObject options) => this;

    public void Weigh(RoundMeasure round, double[,] weights)
    {
        for (var k = 0; k < weights.GetLength(0); k++)
        {
            for (var g = 0; g < weights.GetLength(1); g++)
                weights[k, g] = round.Contributions[k].Samples;
        }
    }
}
