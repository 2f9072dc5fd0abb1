using System.Runtime.Intrinsics;

namespace Federated.Aggregators.Numerics;

/// <summary>G = L L^T of a small symmetric positive definite matrix in fp64.</summary>
sealed class Cholesky
{
    const int Rows = 8;

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
        var (low, high) = (new Vector256<double>[_n], new Vector256<double>[_n]);
        var at = 0;
        for (; at <= rows.Length - Rows * _n; at += Rows * _n)
            Solve(rows.Slice(at, Rows * _n), Rows, low, high);
        if (at < rows.Length)
            Solve(rows[at..], (rows.Length - at) / _n, low, high);
    }

    // Eight rows side by side, each with its own operations in index order.
    void Solve(Span<double> rows, int count, Vector256<double>[] low, Vector256<double>[] high)
    {
        Span<double> column = stackalloc double[Rows];
        for (var i = 0; i < _n; i++)
        {
            for (var row = 0; row < count; row++)
                column[row] = rows[row * _n + i];
            (low[i], high[i]) = (Vector256.Create<double>(column), Vector256.Create<double>(column[4..]));
        }
        for (var i = 0; i < _n; i++)
            Step(low, high, i, 0, i, i * _n, 1);
        for (var i = _n - 1; i >= 0; i--)
            Step(low, high, i, i + 1, _n, i, _n);
        for (var i = 0; i < _n; i++)
        {
            for (var row = 0; row < count; row++)
                rows[row * _n + i] = row < 4 ? low[i][row] : high[i][row - 4];
        }
    }

    // x[i] -= sum of l[start + k * step] x[k] for k in [from, to), over the diagonal.
    void Step(Vector256<double>[] low, Vector256<double>[] high, int i, int from, int to, int start, int step)
    {
        var (first, second) = (low[i], high[i]);
        for (var k = from; k < to; k++)
        {
            var factor = Vector256.Create(-_l[start + k * step]);
            first = Vector256.FusedMultiplyAdd(factor, low[k], first);
            second = Vector256.FusedMultiplyAdd(factor, high[k], second);
        }
        var diagonal = Vector256.Create(_l[i * _n + i]);
        (low[i], high[i]) = (first / diagonal, second / diagonal);
    }
}
