using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.Coordinates;

/// <summary>The unweighted mean of each coordinate without a share of the smallest and of the largest values (Yin et al., ICML 2018).</summary>
sealed class TrimmedMeanStrategy : IGroupStrategy
{
    public string Name => "trimmed-mean";

    public string Summary => "Unweighted mean of each coordinate after dropping a share at both ends; on factors of a product it has the bias of averaging them.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.Product, StrategyKind.Affine, StrategyKind.Opaque];

    public Capabilities Capabilities { get; } = new() { KeepsGauge = true };

    public IGroupRule Configure(StrictObject options)
    {
        var share = options.Number("trim", 0, 0.499999, 0.2);
        return new CoordinateRule(sorted =>
        {
            var dropped = (int)(share * sorted.Length);
            var kept = sorted.Span[dropped..^dropped];
            var sum = 0.0;
            foreach (var value in kept)
                sum += value;
            return sum / kept.Length;
        });
    }
}
