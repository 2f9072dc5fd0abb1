namespace Federated.Aggregators.Numerics;

/// <summary>G = L L^T of a small symmetric positive definite matrix in fp64.</summary>
sealed class Cholesky
{
    readonly double[] _l;
    readonly int _n;

    Cholesky(double[] l, int n) => (_l, _n) = (l, n);

    /// <summary>The factor of G + ridge * I, or null when it is not positive definite in fp64.</summary>
    public static Cholesky? TryFactor(ReadOnlySpan<double> gram, int n, double ridge)
    {
        var l = gram.ToArray();
        for (var i = 0; i < n; i++)
            l[i * n + i] += ridge;
        for (var j = 0; j < n; j++)
        {
            for (var i = j; i < n; i++)
            {
                var sum = l[i * n + j];
                for (var k = 0; k < j; k++)
                    sum = Math.FusedMultiplyAdd(-l[i * n + k], l[j * n + k], sum);
                if (i > j)
                    l[i * n + j] = sum / l[j * n + j];
                else if (sum > 0 && double.IsFinite(sum))
                    l[j * n + j] = Math.Sqrt(sum);
                else
                    return null;
            }
        }
        return new Cholesky(l, n);
    }

    /// <summary>Replaces each row c of [rows, n] by x with x G = c.</summary>
    public void SolveRows(Span<double> rows)
    {
        for (var at = 0; at < rows.Length; at += _n)
            Solve(rows.Slice(at, _n));
    }

    void Solve(Span<double> x)
    {
        for (var i = 0; i < _n; i++)
        {
            var sum = x[i];
            for (var k = 0; k < i; k++)
                sum = Math.FusedMultiplyAdd(-_l[i * _n + k], x[k], sum);
            x[i] = sum / _l[i * _n + i];
        }
        for (var i = _n - 1; i >= 0; i--)
        {
            var sum = x[i];
            for (var k = i + 1; k < _n; k++)
                sum = Math.FusedMultiplyAdd(-_l[k * _n + i], x[k], sum);
            x[i] = sum / _l[i * _n + i];
        }
    }
}
