using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.Coordinates;

/// <summary>The unweighted median of each coordinate (Yin et al., ICML 2018).</summary>
sealed class MedianStrategy : IGroupStrategy
{
    public string Name => "median";

    public string Summary => "Unweighted median of each coordinate; on factors of a product it has the bias of averaging them.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.Product, StrategyKind.Affine, StrategyKind.Opaque];

    public Capabilities Capabilities { get; } = new() { KeepsGauge = true };

    public IGroupRule Configure(StrictObject options) => new CoordinateRule(sorted =>
    {
        var x = sorted.Span;
        return (x[(x.Length - 1) / 2] + (double)x[x.Length / 2]) / 2;
    });
}
