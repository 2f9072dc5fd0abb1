namespace Federated.Aggregators.Numerics;

/// <summary>X = Q R of a tall matrix in fp64 by Householder reflections; Q has orthonormal columns whatever the rank of X.</summary>
sealed class ThinQr
{
    ThinQr(double[] q, double[] r) => (Q, R) = (q, r);

    /// <summary>[rows, k] row-major.</summary>
    public double[] Q { get; }

    /// <summary>[k, columns] row-major, upper triangular.</summary>
    public double[] R { get; }

    /// <summary>Columns of Q: the smaller of rows and columns.</summary>
    public int Rank { get; private init; }

    /// <summary>Decomposes X [rows, columns], row-major.</summary>
    public static ThinQr Of(ReadOnlySpan<double> x, int rows, int columns)
    {
        var k = Math.Min(rows, columns);
        // Columns are contiguous in the transposed copy, which is what reflections go along.
        var a = new double[columns * rows];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
                a[j * rows + i] = x[i * columns + j];
        }
        var beta = new double[k];
        for (var j = 0; j < k; j++)
        {
            beta[j] = Reflector(a.AsSpan(j * rows + j, rows - j));
            for (var c = j + 1; c < columns; c++)
                Reflect(a.AsSpan(j * rows + j, rows - j), beta[j], a.AsSpan(c * rows + j, rows - j));
        }
        return new ThinQr(FormQ(a, beta, rows, k), FormR(a, rows, k, columns)) { Rank = k };
    }

    // Leaves the diagonal of R in x[0] and the reflector's tail, whose head is 1, in the rest.
    static double Reflector(Span<double> x)
    {
        var tail = Norm.Squared(x[1..]);
        if (tail == 0)
            return 0;
        var norm = Math.Sqrt(x[0] * x[0] + tail);
        var head = x[0] <= 0 ? x[0] - norm : -tail / (x[0] + norm);
        var beta = 2 * head * head / (tail + head * head);
        for (var i = 1; i < x.Length; i++)
            x[i] /= head;
        x[0] = norm;
        return beta;
    }

    static void Reflect(ReadOnlySpan<double> v, double beta, Span<double> x)
    {
        if (beta == 0)
            return;
        var dot = x[0];
        for (var i = 1; i < v.Length; i++)
            dot = Math.FusedMultiplyAdd(v[i], x[i], dot);
        dot *= beta;
        x[0] -= dot;
        for (var i = 1; i < v.Length; i++)
            x[i] = Math.FusedMultiplyAdd(-dot, v[i], x[i]);
    }

    static double[] FormQ(double[] a, double[] beta, int rows, int k)
    {
        var q = new double[rows * k];
        var column = new double[rows];
        for (var c = 0; c < k; c++)
        {
            Array.Clear(column);
            column[c] = 1;
            for (var j = Math.Min(c, k - 1); j >= 0; j--)
                Reflect(a.AsSpan(j * rows + j, rows - j), beta[j], column.AsSpan(j));
            for (var i = 0; i < rows; i++)
                q[i * k + c] = column[i];
        }
        return q;
    }

    static double[] FormR(double[] a, int rows, int k, int columns)
    {
        var r = new double[k * columns];
        for (var i = 0; i < k; i++)
        {
            for (var j = i; j < columns; j++)
                r[i * columns + j] = a[j * rows + i];
        }
        return r;
    }
}
