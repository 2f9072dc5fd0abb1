using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.Weighers;

/// <summary>Equal weights.</summary>
sealed class UniformWeigher : IWeigherStrategy, IWeigher
{
    public string Name => "uniform";

    public string Summary => "Equal weights.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.Weigher];

    public Capabilities Capabilities { get; } = new() { LinearSum = true, Exact = true, MixedRanks = true, Asynchronous = true, KeepsGauge = true };

    public IWeigher Configure(StrictObject options) => this;

    public void Weigh(RoundMeasure round, double[,] weights)
    {
        for (var k = 0; k < weights.GetLength(0); k++)
        {
            for (var g = 0; g < weights.GetLength(1); g++)
                weights[k, g] = 1;
        }
    }
}
