using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Strategies.Coordinates;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.Bulyan;

/// <summary>
/// Bulyan (El Mhamdi et al., ICML 2018): as weigher, n - 2f clients by repeated Krum on the effective changes; as rule, per coordinate the mean of the values nearest to
/// the median, 2f of them left out.
/// </summary>
sealed class BulyanStrategy : IWeigherStrategy, IGroupStrategy
{
    public string Name => "bulyan";

    public string Summary => "Picks n - 2f updates by repeated Krum, then averages each coordinate without the 2f values farthest from its median; withstands f bad ones of n >= 4f + 3.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.Weigher, StrategyKind.Product, StrategyKind.Affine, StrategyKind.Opaque];

    public Capabilities Capabilities { get; } = new() { KeepsGauge = true };

    IWeigher IWeigherStrategy.Configure(StrictObject options) => new BulyanWeigher(Bad(options));

    IGroupRule IGroupStrategy.Configure(StrictObject options)
    {
        var f = Bad(options);
        return new CoordinateRule(sorted => NearestToMedian(sorted.Span, 2 * f));
    }

    static int Bad(StrictObject options) => (int)options.Integer("f", 0, 10_000, 0);

    /// <summary>Of sorted values the mean of those nearest to the median, one end or the other dropped at a time (the upper one first on a tie).</summary>
    static double NearestToMedian(ReadOnlySpan<float> sorted, int dropped)
    {
        if (sorted.Length <= dropped)
            throw new FoldRefusedException($"Bulyan leaves out {dropped} values of each coordinate; there are {sorted.Length}.");
        var median = (sorted[(sorted.Length - 1) / 2] + (double)sorted[sorted.Length / 2]) / 2;
        for (; dropped > 0; dropped--)
            sorted = median - sorted[0] > sorted[^1] - median ? sorted[1..] : sorted[..^1];
        var sum = 0.0;
        foreach (var value in sorted)
            sum += value;
        return sum / sorted.Length;
    }
}
