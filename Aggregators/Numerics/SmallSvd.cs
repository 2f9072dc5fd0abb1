namespace Federated.Aggregators.Numerics;

/// <summary>X = U diag(S) V^T of a small square matrix in fp64 by one-sided Jacobi rotations, accurate for small singular values too.</summary>
sealed class SmallSvd
{
    const int MaxSweeps = 60;
    const double Orthogonal = 1e-15;

    SmallSvd(double[] u, double[] s, double[] v) => (U, S, V) = (u, s, v);

    /// <summary>[n, n]; columns of zero singular values are zero.</summary>
    public double[] U { get; }

    /// <summary>Descending, 0 or more.</summary>
    public double[] S { get; }

    /// <summary>[n, n]; the largest component of each column (the first such) is positive.</summary>
    public double[] V { get; }

    /// <summary>Decomposes X [n, n], row-major.</summary>
    public static SmallSvd Of(ReadOnlySpan<double> x, int n)
    {
        // Column j of X V is row j here; V is kept the same way.
        var (w, v) = (new double[n * n], new double[n * n]);
        for (var i = 0; i < n; i++)
        {
            v[i * n + i] = 1;
            for (var j = 0; j < n; j++)
                w[j * n + i] = x[i * n + j];
        }
        for (var sweep = 0; sweep < MaxSweeps && Sweep(w, v, n); sweep++)
        {
        }
        return Sorted(w, v, n);
    }

    static bool Sweep(double[] w, double[] v, int n)
    {
        var rotated = false;
        for (var p = 0; p < n - 1; p++)
        {
            for (var q = p + 1; q < n; q++)
            {
                var x = w.AsSpan(p * n, n);
                var y = w.AsSpan(q * n, n);
                var (xx, yy, xy) = (Norm.Squared(x), Norm.Squared(y), Dot(x, y));
                if (Math.Abs(xy) <= Orthogonal * Math.Sqrt(xx * yy))
                    continue;
                rotated = true;
                var theta = (yy - xx) / (2 * xy);
                var t = Math.CopySign(1, theta) / (Math.Abs(theta) + Math.Sqrt(1 + theta * theta));
                var c = 1 / Math.Sqrt(1 + t * t);
                Rotate(x, y, c, c * t);
                Rotate(v.AsSpan(p * n, n), v.AsSpan(q * n, n), c, c * t);
            }
        }
        return rotated;
    }

    static void Rotate(Span<double> x, Span<double> y, double c, double s)
    {
        for (var i = 0; i < x.Length; i++)
            (x[i], y[i]) = (c * x[i] - s * y[i], s * x[i] + c * y[i]);
    }

    static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
            sum = Math.FusedMultiplyAdd(x[i], y[i], sum);
        return sum;
    }

    static SmallSvd Sorted(double[] w, double[] v, int n)
    {
        double[] norms = [.. Enumerable.Range(0, n).Select(j => Math.Sqrt(Norm.Squared(w.AsSpan(j * n, n))))];
        int[] order = [.. Enumerable.Range(0, n).OrderByDescending(j => norms[j]).ThenBy(j => j)];
        var (u, s, sortedV) = (new double[n * n], new double[n], new double[n * n]);
        for (var j = 0; j < n; j++)
        {
            var from = order[j];
            s[j] = norms[from];
            var sign = Sign(v.AsSpan(from * n, n));
            for (var i = 0; i < n; i++)
            {
                u[i * n + j] = s[j] > 0 ? sign * w[from * n + i] / s[j] : 0;
                sortedV[i * n + j] = sign * v[from * n + i];
            }
        }
        return new SmallSvd(u, s, sortedV);
    }

    static int Sign(ReadOnlySpan<double> column)
    {
        var largest = 0;
        for (var i = 1; i < column.Length; i++)
        {
            if (Math.Abs(column[i]) > Math.Abs(column[largest]))
                largest = i;
        }
        return column[largest] < 0 ? -1 : 1;
    }
}
