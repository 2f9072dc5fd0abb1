using Federated.Aggregators.Numerics;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies;

/// <summary>The diagnostics of a product group from two more sums over the clients: the covariance of the factors applied to A and to a probe.</summary>
static class ProductDiagnostics
{
    const double Negligible = 1e-12;

    public static GroupDiagnostics Add(GroupDiagnostics to, GroupFold fold, LocalSums sums)
    {
        var f = fold.Factors;
        var means = new MeanDeltas();
        sums.Fill(means);
        var (a, b) = (fold.Apply(f.Right, means.Sums[f.Right]), fold.Apply(f.Left, means.Sums[f.Left]));
        var rounded = Rounding.ToSingles(a);
        var cross = new RightSum(means, rounded, f.Rank);
        var probe = ProductProbe.For(f.N);
        var covariance = new RightSum(means, probe.Vectors, probe.Width);
        // What overflows is left undefined here; whether the fold itself can go on is the rule's question.
        if (!sums.TryFill(cross) || !sums.TryFill(covariance))
            return to;

        var bias = Math.Sqrt(probe.SquaredNorm(covariance.Sum));
        var ideal = probe.Plus(covariance.Sum, f.M, b, a, f.Rank, 1);
        var increment = probe.Plus(ideal, f.M, Widen(fold.Previous(f.Left)), Widen(fold.Previous(f.Right)), f.Rank, -1);
        var size = Math.Sqrt(probe.SquaredNorm(ideal));
        var eigen = SymmetricEigen.Of(SmallGram.OfRows(rounded, f.Rank, f.N), f.Rank);
        return to with
        {
            BiasRatio = Ratio(bias, size),
            BiasToIncrement = Ratio(bias, Math.Sqrt(probe.SquaredNorm(increment))),
            RemovableShare = bias > 0 ? Math.Clamp(Removable(cross.Sum, eigen, f) / (bias * bias), 0, 1) : null,
            GramCondition = eigen.Values[^1] > 0 ? eigen.Values[0] / eigen.Values[^1] : double.PositiveInfinity,
            ProductError = Ratio(Math.Sqrt(probe.SquaredNorm(Error(fold, f, probe, covariance.Sum, b, a))), size),
        };
    }

    // M - B'A' = covariance - (B' - B) A' - B (A' - A), which does not cancel where the rule stays near the means.
    static double[] Error(GroupFold fold, ProductFactors f, ProductProbe probe, double[] covariance, double[] b, double[] a)
    {
        var (newB, newA) = (fold.Proposed[f.Left] ?? Widen(fold.Previous(f.Left)), fold.Proposed[f.Right] ?? Widen(fold.Previous(f.Right)));
        var error = probe.Plus(covariance, f.M, Difference(newB, b), newA, f.Rank, -1);
        error = probe.Plus(error, f.M, b, Difference(newA, a), f.Rank, -1);
        var scale = fold.Group.Group.Product!.Scale(f.Rank);
        foreach (var offset in fold.Offsets)
            error = probe.Plus(error, f.M, Widen(offset.Left), Widen(offset.Right), offset.Rank, -offset.Scale / scale);
        return error;
    }

    // ||(M - BA) P||^2 = tr(C G^+ C^T), P projecting on the rows of A.
    static double Removable(double[] cross, SymmetricEigen eigen, ProductFactors f)
    {
        var sum = 0.0;
        for (var j = 0; j < f.Rank && eigen.Values[j] > Negligible * eigen.Values[0]; j++)
        {
            for (var i = 0; i < f.M; i++)
            {
                var dot = 0.0;
                for (var l = 0; l < f.Rank; l++)
                    dot += cross[i * f.Rank + l] * eigen.Vectors[l * f.Rank + j];
                sum += dot * dot / eigen.Values[j];
            }
        }
        return sum;
    }

    static double? Ratio(double part, double whole) => whole > 0 ? part / whole : null;

    static double[] Difference(double[] x, double[] y) => [.. x.Zip(y, (p, q) => p - q)];

    static double[] Widen(ReadOnlySpan<float> x)
    {
        var result = new double[x.Length];
        for (var i = 0; i < result.Length; i++)
            result[i] = x[i];
        return result;
    }
}
