using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Federated.Aggregators.Numerics;

/// <summary>Gram matrices of a few long rows: exact fp32 products, fp64 sums in 8 lanes and the fixed tree.</summary>
static class SmallGram
{
    /// <summary>X X^T for X [rows, columns] row-major; rows x rows.</summary>
    public static double[] OfRows(ReadOnlySpan<float> x, int rows, int columns)
    {
        var gram = new double[rows * rows];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j <= i; j++)
                gram[i * rows + j] = gram[j * rows + i] = Dot(x.Slice(i * columns, columns), x.Slice(j * columns, columns));
        }
        return gram;
    }

    /// <summary>X^T X for X [rows, columns] row-major; columns x columns.</summary>
    public static double[] OfColumns(ReadOnlySpan<float> x, int rows, int columns) => OfRows(Transpose.Of(x, rows, columns), columns, rows);

    /// <summary>x . y, each product exact and each sum rounded once.</summary>
    public static double Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var (low, high) = (Vector256<double>.Zero, Vector256<double>.Zero);
        ref var x0 = ref MemoryMarshal.GetReference(x);
        ref var y0 = ref MemoryMarshal.GetReference(y);
        var i = 0;
        for (; i <= x.Length - 8; i += 8)
        {
            var (a, b) = Vector256.Widen(Vector256.LoadUnsafe(ref x0, (nuint)i));
            var (c, d) = Vector256.Widen(Vector256.LoadUnsafe(ref y0, (nuint)i));
            low = Vector256.FusedMultiplyAdd(a, c, low);
            high = Vector256.FusedMultiplyAdd(b, d, high);
        }
        var sum = DotKernel.Tree(low, high);
        for (; i < x.Length; i++)
            sum = Math.FusedMultiplyAdd(x[i], y[i], sum);
        return sum;
    }
}
