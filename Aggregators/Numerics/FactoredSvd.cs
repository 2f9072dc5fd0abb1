namespace Federated.Aggregators.Numerics;

/// <summary>SVD of a product of thin factors, L R = U diag(S) V^T, from two thin QRs and the SVD of the small core; the product is never formed.</summary>
sealed class FactoredSvd
{
    readonly double[] _u;
    readonly double[] _v;
    readonly int _m;
    readonly int _n;

    FactoredSvd(double[] u, double[] s, double[] v, int m, int n) => (_u, S, _v, _m, _n) = (u, s, v, m, n);

    /// <summary>Singular values, descending; as many as the inner dimension, or the smaller side if that is less, padded with zeros to square the core.</summary>
    public double[] S { get; }

    /// <summary>Decomposes left [m, r] * right [r, n], both row-major.</summary>
    public static FactoredSvd Of(ReadOnlySpan<double> left, ReadOnlySpan<double> right, int m, int r, int n)
    {
        var ql = ThinQr.Of(left, m, r);
        var qr = ThinQr.Of(Transposed(right, r, n), n, r);
        var size = Math.Max(ql.Rank, qr.Rank);
        var core = new double[size * size];
        for (var i = 0; i < ql.Rank; i++)
        {
            for (var j = 0; j < qr.Rank; j++)
            {
                var sum = 0.0;
                for (var l = 0; l < r; l++)
                    sum = Math.FusedMultiplyAdd(ql.R[i * r + l], qr.R[j * r + l], sum);
                core[i * size + j] = sum;
            }
        }
        var svd = SmallSvd.Of(core, size);
        return new FactoredSvd(Expand(ql, svd.U, m, size), svd.S, Expand(qr, svd.V, n, size), m, n);
    }

    /// <summary>The first <paramref name="rank"/> columns of U, column j times a power of S[j]; [m, rank], zero beyond the core.</summary>
    public double[] Left(int rank, FactorPower power) => Columns(_u, _m, rank, power);

    /// <summary>The first <paramref name="rank"/> rows of V^T, row j times a power of S[j]; [rank, n], zero beyond the core.</summary>
    public double[] Right(int rank, FactorPower power) => Transposed(Columns(_v, _n, rank, power), _n, rank);

    double[] Columns(double[] x, int rows, int rank, FactorPower power)
    {
        var result = new double[rows * rank];
        for (var j = 0; j < Math.Min(rank, S.Length); j++)
        {
            var factor = power switch { FactorPower.None => 1, FactorPower.Half => Math.Sqrt(S[j]), _ => S[j] };
            for (var i = 0; i < rows; i++)
                result[i * rank + j] = x[i * S.Length + j] * factor;
        }
        return result;
    }

    static double[] Expand(ThinQr qr, double[] small, int rows, int size)
    {
        var result = new double[rows * size];
        SmallProduct.Add(result, qr.Q, small, rows, qr.Rank, size);
        return result;
    }

    static double[] Transposed(ReadOnlySpan<double> x, int rows, int columns)
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
