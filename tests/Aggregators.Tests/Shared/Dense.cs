using Federated.Aggregators.Adapters;

namespace Federated.Aggregators.Tests.Shared;

/// <summary>Obviously written fp64 matrices: the oracle's arithmetic.</summary>
sealed class Dense(int rows, int columns)
{
    readonly double[,] _x = new double[rows, columns];

    public int Rows => rows;

    public int Columns => columns;

    public double this[int i, int j]
    {
        get => _x[i, j];
        set => _x[i, j] = value;
    }

    public double Norm
    {
        get
        {
            var sum = 0.0;
            foreach (var value in _x)
                sum += value * value;
            return Math.Sqrt(sum);
        }
    }

    public double Dot(Dense other)
    {
        var sum = 0.0;
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
                sum += _x[i, j] * other[i, j];
        }
        return sum;
    }

    public Dense T => Fill(columns, rows, (i, j) => _x[j, i]);

    public static Dense Of(ReadOnlySpan<float> values, int rows, int columns)
    {
        var x = new Dense(rows, columns);
        for (var i = 0; i < rows * columns; i++)
            x[i / columns, i % columns] = values[i];
        return x;
    }

    public static Dense Identity(int n) => Fill(n, n, (i, j) => i == j ? 1 : 0);

    public static Dense Fill(int rows, int columns, Func<int, int, double> value)
    {
        var x = new Dense(rows, columns);
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
                x[i, j] = value(i, j);
        }
        return x;
    }

    public static Dense operator +(Dense a, Dense b) => Fill(a.Rows, a.Columns, (i, j) => a[i, j] + b[i, j]);

    public static Dense operator -(Dense a, Dense b) => Fill(a.Rows, a.Columns, (i, j) => a[i, j] - b[i, j]);

    public static Dense operator *(double s, Dense a) => Fill(a.Rows, a.Columns, (i, j) => s * a[i, j]);

    public static Dense operator *(Dense a, Dense b) => Fill(a.Rows, b.Columns, (i, j) =>
    {
        var sum = 0.0;
        for (var l = 0; l < a.Columns; l++)
            sum += a[i, l] * b[l, j];
        return sum;
    });

    public static Dense Sum(IEnumerable<Dense> terms) => terms.Aggregate((a, b) => a + b);

    /// <summary>X with X * g = this, by Gaussian elimination with row pivoting on g^T.</summary>
    public Dense Over(Dense g)
    {
        var (n, a, x) = (g.Rows, g.T, T);
        for (var c = 0; c < n; c++)
        {
            var pivot = Enumerable.Range(c, n - c).MaxBy(i => Math.Abs(a[i, c]));
            for (var j = 0; j < n; j++)
                (a[c, j], a[pivot, j]) = (a[pivot, j], a[c, j]);
            for (var j = 0; j < x.Columns; j++)
                (x[c, j], x[pivot, j]) = (x[pivot, j], x[c, j]);
            for (var i = 0; i < n; i++)
            {
                if (i == c)
                    continue;
                var f = a[i, c] / a[c, c];
                for (var j = c; j < n; j++)
                    a[i, j] -= f * a[c, j];
                for (var j = 0; j < x.Columns; j++)
                    x[i, j] -= f * x[c, j];
            }
        }
        return Fill(n, x.Columns, (i, j) => x[i, j] / a[i, i]).T;
    }

    /// <summary>Descending: roots of the eigenvalues of X^T X by Jacobi rotations.</summary>
    public double[] SingularValues()
    {
        var g = T * this;
        for (var sweep = 0; sweep < 20; sweep++)
        {
            for (var p = 0; p < columns; p++)
            {
                for (var q = p + 1; q < columns; q++)
                {
                    var angle = 0.5 * Math.Atan2(2 * g[p, q], g[q, q] - g[p, p]);
                    var (c, s) = (Math.Cos(angle), Math.Sin(angle));
                    for (var k = 0; k < columns; k++)
                        (g[k, p], g[k, q]) = (c * g[k, p] - s * g[k, q], s * g[k, p] + c * g[k, q]);
                    for (var k = 0; k < columns; k++)
                        (g[p, k], g[q, k]) = (c * g[p, k] - s * g[q, k], s * g[p, k] + c * g[q, k]);
                }
            }
        }
        return [.. Enumerable.Range(0, columns).Select(i => Math.Sqrt(Math.Max(0, g[i, i]))).OrderDescending()];
    }

    public double DistanceTo(ReadOnlySpan<float> values) => (this - Of(values, rows, columns)).Norm;
}
