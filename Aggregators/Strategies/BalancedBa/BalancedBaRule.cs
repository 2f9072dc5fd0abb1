using Federated.Aggregators.Numerics;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.BalancedBa;

/// <summary>
/// B1 = B + C (A A^T + l_B I)^-1 with C = (M - BA) A^T; A1 = (B1^T B1 + l_A I)^-1 (B1^T M + l_A A); B1 A1 = U S V^T; published U S^1/2 and S^1/2 V^T.
/// Each lambda is relative to its Gram's mean eigenvalue. One orthogonal iteration on M, started at A.
/// </summary>
sealed class BalancedBaRule(double lambda, double gramFloor) : IGroupRule
{
    public int Passes => 3;

    public IEnumerable<SumRequest> Fold(GroupFold group)
    {
        var f = group.Factors;
        var means = new MeanDeltas();
        yield return means;
        var (a, b) = (group.Apply(f.Right, means.Sums[f.Right]), group.Apply(f.Left, means.Sums[f.Left]));
        group.Propose(f.Right, a);
        group.Propose(f.Left, b);
        var singleA = Rounding.ToSingles(a);
        if (Ridge.Of(SmallGram.OfRows(singleA, f.Rank, f.N), f.Rank, lambda, gramFloor) is not { } gramA)
        {
            group.Fallback = FormattableString.Invariant($"tr(AA^T)/r is not above the floor {gramFloor:g3}");
            yield break;
        }
        var cross = new RightSum(means, singleA, f.Rank);
        yield return cross;
        gramA.Factor.SolveRows(cross.Sum);
        double[] b1 = [.. b.Zip(cross.Sum, (x, d) => x + d)];

        var singleB = Rounding.ToSingles(b1);
        if (Ridge.Of(SmallGram.OfColumns(singleB, f.M, f.Rank), f.Rank, lambda, gramFloor) is not { } gramB)
        {
            group.Fallback = FormattableString.Invariant($"tr(B^TB)/r is not above the floor {gramFloor:g3}");
            yield break;
        }
        var left = new LeftSum(means, singleB, f.Rank);
        yield return left;
        var a1 = SolveA(f, singleB, b, a, left.Sum, gramB);
        var svd = FactoredSvd.Of(b1, a1, f.M, f.Rank, f.N);
        group.Propose(f.Left, svd.Left(f.Rank, FactorPower.Half));
        group.Propose(f.Right, svd.Right(f.Rank, FactorPower.Half));
    }

    // B1^T M + l_A A = B1^T (M - BA) + (B1^T B) A + l_A A, solved from the left.
    static double[] SolveA(ProductFactors f, float[] b1, double[] b, double[] a, double[] covariance, Ridge gram)
    {
        var (r, n) = (f.Rank, f.N);
        var core = new double[r * r];
        for (var i = 0; i < f.M; i++)
        {
            for (var p = 0; p < r; p++)
            {
                for (var q = 0; q < r; q++)
                    core[p * r + q] = Math.FusedMultiplyAdd(b1[i * r + p], b[i * r + q], core[p * r + q]);
            }
        }
        for (var i = 0; i < r; i++)
            core[i * r + i] += gram.Lambda;
        var rhs = covariance.ToArray();
        SmallProduct.Add(rhs, core, a, r, r, n);
        var columns = Flip(rhs, r, n);
        gram.Factor.SolveRows(columns);
        return Flip(columns, n, r);
    }

    static double[] Flip(double[] x, int rows, int columns)
    {
        var result = new double[x.Length];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
                result[j * rows + i] = x[i * columns + j];
        }
        return result;
    }
}
