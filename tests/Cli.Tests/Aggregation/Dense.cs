namespace Cli.Tests.Aggregation;

/// <summary>A dense fp64 matrix, written for plainness.</summary>
sealed class Dense(int rows, int columns)
{
    readonly double[,] _x = new double[rows, columns];

    public Dense(int rows, int columns, float[] values) : this(rows, columns)
    {
        for (var i = 0; i < values.Length; i++) _x[i / columns, i % columns] = values[i];
    }

    public int Rows => rows;

    public int Columns => columns;

    public double this[int i, int j]
    {
        get => _x[i, j];
        set => _x[i, j] = value;
    }

    public double Norm => Math.Sqrt(_x.Cast<double>().Sum(v => v * v));

    public Dense Transposed => Make(Columns, Rows, (i, j) => _x[j, i]);

    public static Dense Make(int rows, int columns, Func<int, int, double> value)
    {
        var result = new Dense(rows, columns);
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++) result[i, j] = value(i, j);
        }
        return result;
    }

    public Dense Times(Dense y) => Make(Rows, y.Columns, (i, j) => Enumerable.Range(0, Columns).Sum(l => _x[i, l] * y[l, j]));

    public Dense Times(double factor) => Make(Rows, Columns, (i, j) => factor * _x[i, j]);

    public Dense Plus(Dense y) => Make(Rows, Columns, (i, j) => _x[i, j] + y[i, j]);

    public Dense Minus(Dense y) => Plus(y.Times(-1));

    public static Dense Mean(IReadOnlyList<Dense> xs, IReadOnlyList<double> weights) =>
        xs.Select((x, k) => x.Times(weights[k] / weights.Sum())).Aggregate((x, y) => x.Plus(y));

    /// <summary>Gauss-Jordan with row exchanges.</summary>
    public Dense Inverse()
    {
        var x = Make(Rows, 2 * Rows, (i, j) => j < Rows ? _x[i, j] : j - Rows == i ? 1 : 0);
        for (var p = 0; p < Rows; p++)
        {
            var best = Enumerable.Range(p, Rows - p).MaxBy(i => Math.Abs(x[i, p]));
            for (var j = 0; j < x.Columns; j++) (x[p, j], x[best, j]) = (x[best, j], x[p, j]);
            var pivot = x[p, p];
            for (var j = 0; j < x.Columns; j++) x[p, j] /= pivot;
            for (var i = 0; i < Rows; i++)
            {
                var factor = i == p ? 0 : x[i, p];
                for (var j = 0; j < x.Columns; j++) x[i, j] -= factor * x[p, j];
            }
        }
        return Make(Rows, Rows, (i, j) => x[i, Rows + j]);
    }

    /// <summary>The best approximation of a rank: singular pairs taken off one by one, each by power iteration.</summary>
    public Dense Best(int rank)
    {
        var (rest, best) = (this, new Dense(Rows, Columns));
        for (var r = 0; r < rank; r++)
        {
            var v = Make(Columns, 1, (i, _) => 1 + 0.1 * i);
            for (var step = 0; step < 3000; step++)
            {
                v = rest.Transposed.Times(rest.Times(v));
                v = v.Times(1 / v.Norm);
            }
            var part = rest.Times(v).Times(v.Transposed);
            (rest, best) = (rest.Minus(part), best.Plus(part));
        }
        return best;
    }
}
