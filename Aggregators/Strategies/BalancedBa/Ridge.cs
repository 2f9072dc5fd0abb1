using Federated.Aggregators.Numerics;

namespace Federated.Aggregators.Strategies.BalancedBa;

/// <summary>G + lambda I, factored.</summary>
sealed record Ridge(Cholesky Factor, double Lambda)
{
    /// <summary>Null when tr(G) / r is not above the floor.</summary>
    public static Ridge? Of(double[] gram, int rank, double relative, double floor)
    {
        var unit = Enumerable.Range(0, rank).Sum(i => gram[i * rank + i]) / rank;
        return unit > floor && Cholesky.TryFactor(gram, rank, relative * unit) is { } factor ? new Ridge(factor, relative * unit) : null;
    }
}
