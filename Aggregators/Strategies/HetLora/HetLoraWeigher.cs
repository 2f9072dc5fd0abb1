using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.HetLora;

/// <summary>HetLoRA (arXiv 2401.06432): weights proportional to the norm of each client's product; groups that are no products take sample weights.</summary>
sealed class HetLoraWeigher : IWeigherStrategy, IWeigher
{
    public string Name => "hetlora";

    public string Summary => "Weights proportional to ||B_k A_k||, per group.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.Weigher];

    // A client could send w_k times its tensors and the scalar w_k, so sums suffice; central noise needs uniform weights all the same.
    public Capabilities Capabilities { get; } = new() { Exact = true, MixedRanks = true, KeepsGauge = true };

    public IWeigher Configure(StrictObject options) => this;

    public void Weigh(RoundMeasure round, double[,] weights)
    {
        for (var k = 0; k < weights.GetLength(0); k++)
        {
            for (var g = 0; g < weights.GetLength(1); g++)
                weights[k, g] = round.ProductNorm(k, g) ?? round.Contributions[k].Samples;
        }
    }
}
