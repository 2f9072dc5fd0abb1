using Federated.Aggregators.Numerics;

namespace Federated.Aggregators.Strategies.Sums;

/// <summary>
/// The best product of rank r of an operator T that is known by sums over clients only: T ~ U S V^T (Halko, Martinsson, Tropp 2011, algorithms 4.4 and 5.1).
/// Q = orth(T X^T) for random signs X, sharpened by power iterations Q = orth(T orth(T^T Q)); then the SVD of Q^T T.
/// </summary>
/// <param name="oversampling">Columns of Q beyond the rank.</param>
/// <param name="powerIterations">0 or more.</param>
/// <param name="even">Whether both factors carry S^1/2, instead of S in the left one.</param>
sealed class BestProduct(int oversampling, int powerIterations, bool even)
{
    const ulong Key = 0x666C65786C6F7261;
    // A direction below this share of the largest carries rounding only.
    const double Negligible = 1e-6;

    /// <summary>Requests that <see cref="Propose"/> yields.</summary>
    public int Passes => 2 * (powerIterations + 1);

    /// <summary>Proposes the factors of T = B A + what the requests sum.</summary>
    public IEnumerable<SumRequest> Propose(GroupFold group, double[] b, double[] a, Func<float[], int, RightProduct> right, Func<float[], int, LeftProduct> left)
    {
        var f = group.Factors;
        var width = Math.Min(f.Rank + oversampling, Math.Min(f.M, f.N));
        var x = new float[width * f.N];
        new Philox(Key, (ulong)f.N).Rademacher(x);
        for (var iteration = 0; ; iteration++)
        {
            var product = right(x, width);
            yield return product;
            SmallProduct.Add(product.Sum, b, SmallProduct.TimesTransposed(a, f.Rank, x, width, f.N), f.M, f.Rank, width);
            var q = Rounding.ToSingles(ThinQr.Of(product.Sum, f.M, width).Q);
            var projected = left(q, width);
            yield return projected;
            SmallProduct.Add(projected.Sum, LeftCore(q, b, f.M, width, f.Rank), a, width, f.Rank, f.N);
            if (iteration == powerIterations)
            {
                Publish(group, q, projected.Sum, width);
                yield break;
            }
            x = Orthonormal(projected.Sum, width, f.N);
        }
    }

    void Publish(GroupFold group, float[] q, double[] projected, int width)
    {
        var f = group.Factors;
        var svd = FactoredSvd.Of([.. q.Select(v => (double)v)], projected, f.M, width, f.N);
        if (svd.S[0] == 0)
        {
            // Nothing has a direction; A keeps its own, so that B still has a gradient.
            group.Propose(f.Left, new double[f.M * f.Rank]);
            return;
        }
        var (b, a) = (svd.Left(f.Rank, FactorPower.None), svd.Right(f.Rank, FactorPower.None));
        for (var j = 0; j < Math.Min(f.Rank, svd.S.Length); j++)
        {
            // Rows of A that balance would make vanish keep the largest's size, or B would lose its gradient there.
            var size = !even ? 1 : Math.Sqrt(svd.S[j] > Negligible * svd.S[0] ? svd.S[j] : svd.S[0]);
            for (var i = 0; i < f.M; i++)
                b[i * f.Rank + j] *= svd.S[j] / size;
            for (var i = 0; i < f.N; i++)
                a[j * f.N + i] *= size;
        }
        group.Propose(f.Left, b);
        group.Propose(f.Right, a);
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
