using System.Numerics.Tensors;
using Federated.Aggregators.Numerics;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.LoraFair;

/// <summary>
/// B' = B + D, A' = A. Frobenius: min_D ||M - (B + D) A||^2 + lambda ||D||^2, so D = C (G + lambda I)^-1 with C = (M - BA) A^T = sum p_k (B_k - B)((A_k - A) A^T) and
/// G = A A^T. Cosine: see <see cref="CosineFixedPoint"/>, from N = M A^T = C + B G and ||M||.
/// </summary>
sealed class LoraFairRule(LoraFairOptions options) : IGroupRule
{
    public int Passes => options.Cosine || options.Mode == LambdaMode.RelativeToUpdate ? 3 : 2;

    public IEnumerable<SumRequest> Fold(GroupFold group)
    {
        var f = group.Factors;
        var means = new MeanDeltas();
        yield return means;
        var a = group.Apply(f.Right, means.Sums[f.Right]);
        group.Propose(f.Right, a);

        // The published A is rounded to fp32, and the correction is for that one.
        var published = Rounding.ToSingles(a);
        var gram = SmallGram.OfRows(published, f.Rank, f.N);
        var unit = Enumerable.Range(0, f.Rank).Sum(i => gram[i * f.Rank + i]) / f.Rank;
        if (!(unit > options.GramFloor))
        {
            group.Fallback = FormattableString.Invariant($"tr(G)/r is {unit:g3}, not above the floor {options.GramFloor:g3}");
            group.Propose(f.Left, group.Apply(f.Left, means.Sums[f.Left]));
            yield break;
        }
        var cross = new RightSum(means, published, f.Rank);
        yield return cross;
        // Looked at only now, so that the clients' B is read once for its mean and for the sum above.
        var b = group.Apply(f.Left, means.Sums[f.Left]);
        group.Propose(f.Left, b);
        var squaredNorm = 0.0;
        if (options.Cosine || options.Mode == LambdaMode.RelativeToUpdate)
        {
            var probe = ProductProbe.For(f.N);
            var covariance = new RightSum(means, probe.Vectors, probe.Width);
            yield return covariance;
            squaredNorm = probe.SquaredNorm(covariance.Sum, f.M, b, a, f.Rank);
        }
        if ((options.Cosine ? AlongCosine(group, b, cross.Sum, gram, Math.Sqrt(squaredNorm)) : ByRidge(group, cross.Sum, gram, Lambda(unit, squaredNorm))) is { } d)
            Correct(group, b, d);
    }

    double Lambda(double unit, double squaredNorm) => Math.Max(LoraFairOptions.LambdaFloor * unit, options.Lambda * options.Mode switch
    {
        LambdaMode.Absolute => 1,
        LambdaMode.RelativeToUpdate => squaredNorm,
        _ => unit,
    });

    static double[]? ByRidge(GroupFold group, double[] cross, double[] gram, double lambda)
    {
        if (Cholesky.TryFactor(gram, group.Factors.Rank, lambda) is not { } factor)
        {
            group.Fallback = FormattableString.Invariant($"G + {lambda:g3} I is not positive definite in fp64");
            return null;
        }
        factor.SolveRows(cross);
        return cross;
    }

    double[]? AlongCosine(GroupFold group, double[] b, double[] cross, double[] gram, double norm)
    {
        if (norm == 0)
            return new double[b.Length];
        SmallProduct.Add(cross, b, gram, group.Factors.M, group.Factors.Rank, group.Factors.Rank);
        if (CosineFixedPoint.Solve(b, cross, gram, group.Factors.Rank, norm, options.Lambda) is not { } x)
        {
            group.Fallback = FormattableString.Invariant($"the cosine's fixed point was not reached at ||M|| {norm:g3} and lambda {options.Lambda:g3}");
            return null;
        }
        TensorPrimitives.Subtract(x, b, x);
        return x;
    }

    void Correct(GroupFold group, double[] b, double[] d)
    {
        var ratio = Math.Sqrt(Norm.Squared(d) / Norm.Squared(b));
        if (!(ratio <= options.MaxCorrection))
        {
            // A mean of zero has no correction to be relative to, unless there is none at all.
            if (Norm.Squared(d) > 0)
                group.Fallback = FormattableString.Invariant($"||D||/||B|| is {ratio:g3}, above the cap {options.MaxCorrection:g3}");
            return;
        }
        group.CorrectionRatio = ratio;
        TensorPrimitives.Add(b, d, b);
    }
}
