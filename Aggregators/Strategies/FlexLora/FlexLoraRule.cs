using Federated.Aggregators.Numerics;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.FlexLora;

/// <summary>
/// M ~ U S V^T (Halko, Martinsson, Tropp 2011, algorithms 4.4 and 5.1): Q = orth(M X^T) for random signs X, sharpened by power iterations Q = orth(M orth(M^T Q));
/// then the SVD of Q^T M. Published U S and V^T (or both with S^1/2), so that the first r_k rows and columns are a client's best product of rank r_k.
/// </summary>
sealed class FlexLoraRule(int oversampling, int powerIterations, FactorPower leftPower) : IGroupRule
{
    const ulong Key = 0x666C65786C6F7261;

    public IEnumerable<SumRequest> Fold(GroupFold group)
    {
        var f = group.Factors;
        var means = new MeanDeltas();
        yield return means;
        var (a, b) = (group.Apply(f.Right, means.Sums[f.Right]), group.Apply(f.Left, means.Sums[f.Left]));
        var width = Math.Min(f.Rank + oversampling, Math.Min(f.M, f.N));
        var x = new float[width * f.N];
        new Philox(Key, (ulong)f.N).Rademacher(x);
        for (var iteration = 0; ; iteration++)
        {
            var right = new RightSum(means, x, width);
            yield return right;
            SmallProduct.Add(right.Sum, b, SmallProduct.TimesTransposed(a, f.Rank, x, width, f.N), f.M, f.Rank, width);
            var q = Rounding.ToSingles(ThinQr.Of(right.Sum, f.M, width).Q);
            var left = new LeftSum(means, q, width);
            yield return left;
            SmallProduct.Add(left.Sum, LeftCore(q, b, f.M, width, f.Rank), a, width, f.Rank, f.N);
            if (iteration == powerIterations)
            {
                Publish(group, q, left.Sum, width);
                yield break;
            }
            x = Orthonormal(left.Sum, width, f.N);
        }
    }

    void Publish(GroupFold group, float[] q, double[] projected, int width)
    {
        var f = group.Factors;
        var svd = FactoredSvd.Of([.. q.Select(v => (double)v)], projected, f.M, width, f.N);
        group.Propose(f.Left, svd.Left(f.Rank, leftPower));
        group.Propose(f.Right, svd.Right(f.Rank, leftPower == FactorPower.Half ? FactorPower.Half : FactorPower.None));
    }

    /// <summary>Q^T B, [width, rank].</summary>
    static double[] LeftCore(float[] q, double[] b, int m, int width, int rank)
    {
        var core = new double[width * rank];
        for (var i = 0; i < m; i++)
        {
            for (var p = 0; p < width; p++)
            {
                for (var l = 0; l < rank; l++)
                    core[p * rank + l] = Math.FusedMultiplyAdd(q[i * width + p], b[i * rank + l], core[p * rank + l]);
            }
        }
        return core;
    }

    /// <summary>Orthonormal rows spanning those of X [rows, columns].</summary>
    static float[] Orthonormal(double[] x, int rows, int columns)
    {
        var flipped = new double[x.Length];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
                flipped[j * rows + i] = x[i * columns + j];
        }
        return Transpose.Of(Rounding.ToSingles(ThinQr.Of(flipped, columns, rows).Q), columns, rows);
    }
}
