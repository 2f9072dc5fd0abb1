namespace Federated.Aggregators.Numerics;

/// <summary>Dense fp64 products with a small inner or outer dimension.</summary>
static class SmallProduct
{
    /// <summary>sums [m, n] += factor * left [m, r] * right [r, n], all row-major.</summary>
    public static void Add(Span<double> sums, ReadOnlySpan<double> left, ReadOnlySpan<double> right, int m, int r, int n, double factor = 1)
    {
        for (var i = 0; i < m; i++)
        {
            var row = sums.Slice(i * n, n);
            for (var l = 0; l < r; l++)
            {
                var x = factor * left[i * r + l];
                var y = right.Slice(l * n, n);
                for (var j = 0; j < n; j++)
                    row[j] = Math.FusedMultiplyAdd(x, y[j], row[j]);
            }
        }
    }

    /// <summary>X Y^T for X [m, n] and Y [r, n]; [m, r].</summary>
    public static double[] TimesTransposed(ReadOnlySpan<double> x, int m, ReadOnlySpan<float> y, int r, int n)
    {
        var result = new double[m * r];
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < r; j++)
                result[i * r + j] = Dot(x.Slice(i * n, n), y.Slice(j * n, n));
        }
        return result;
    }

    static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<float> y)
    {
        // Four chains in a fixed order: fast enough, and the same everywhere.
        double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        var i = 0;
        for (; i <= x.Length - 4; i += 4)
        {
            s0 = Math.FusedMultiplyAdd(x[i], y[i], s0);
            s1 = Math.FusedMultiplyAdd(x[i + 1], y[i + 1], s1);
            s2 = Math.FusedMultiplyAdd(x[i + 2], y[i + 2], s2);
            s3 = Math.FusedMultiplyAdd(x[i + 3], y[i + 3], s3);
        }
        for (; i < x.Length; i++)
            s0 = Math.FusedMultiplyAdd(x[i], y[i], s0);
        return (s0 + s1) + (s2 + s3);
    }
}
