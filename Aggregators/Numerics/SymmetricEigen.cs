namespace Federated.Aggregators.Numerics;

/// <summary>Eigenvalues and eigenvectors of a small symmetric matrix by cyclic Jacobi rotations in fp64, which is accurate for small eigenvalues too.</summary>
sealed class SymmetricEigen
{
    const int MaxSweeps = 60;

    SymmetricEigen(double[] values, double[] vectors) => (Values, Vectors) = (values, vectors);

    /// <summary>Descending.</summary>
    public double[] Values { get; }

    /// <summary>[n, n]; column j belongs to value j. The first component of largest magnitude in a column is positive.</summary>
    public double[] Vectors { get; }

    /// <summary>Decomposes G = V diag(values) V^T.</summary>
    public static SymmetricEigen Of(ReadOnlySpan<double> gram, int n)
    {
        var a = gram.ToArray();
        var v = new double[n * n];
        for (var i = 0; i < n; i++)
            v[i * n + i] = 1;
        for (var sweep = 0; sweep < MaxSweeps && Sweep(a, v, n); sweep++)
        {
        }
        return Sorted(a, v, n);
    }

    // True while a rotation was needed.
    static bool Sweep(double[] a, double[] v, int n)
    {
        var rotated = false;
        for (var p = 0; p < n - 1; p++)
        {
            for (var q = p + 1; q < n; q++)
            {
                var apq = a[p * n + q];
                if (Math.Abs(apq) <= 1e-17 * Math.Sqrt(Math.Abs(a[p * n + p] * a[q * n + q])) || apq == 0)
                    continue;
                rotated = true;
                Rotate(a, v, n, p, q, apq);
            }
        }
        return rotated;
    }

    static void Rotate(double[] a, double[] v, int n, int p, int q, double apq)
    {
        var theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
        var t = Math.CopySign(1, theta) / (Math.Abs(theta) + Math.Sqrt(1 + theta * theta));
        var c = 1 / Math.Sqrt(1 + t * t);
        var s = t * c;
        a[p * n + p] -= t * apq;
        a[q * n + q] += t * apq;
        a[p * n + q] = a[q * n + p] = 0;
        for (var k = 0; k < n; k++)
        {
            if (k != p && k != q)
            {
                var (akp, akq) = (a[k * n + p], a[k * n + q]);
                a[k * n + p] = a[p * n + k] = c * akp - s * akq;
                a[k * n + q] = a[q * n + k] = s * akp + c * akq;
            }
            var (vkp, vkq) = (v[k * n + p], v[k * n + q]);
            v[k * n + p] = c * vkp - s * vkq;
            v[k * n + q] = s * vkp + c * vkq;
        }
    }

    static SymmetricEigen Sorted(double[] a, double[] v, int n)
    {
        int[] order = [.. Enumerable.Range(0, n).OrderByDescending(i => a[i * n + i]).ThenBy(i => i)];
        var values = new double[n];
        var vectors = new double[n * n];
        for (var j = 0; j < n; j++)
        {
            var from = order[j];
            values[j] = a[from * n + from];
            var largest = 0;
            for (var i = 1; i < n; i++)
            {
                if (Math.Abs(v[i * n + from]) > Math.Abs(v[largest * n + from]))
                    largest = i;
            }
            var sign = v[largest * n + from] < 0 ? -1 : 1;
            for (var i = 0; i < n; i++)
                vectors[i * n + j] = sign * v[i * n + from];
        }
        return new SymmetricEigen(values, vectors);
    }
}
