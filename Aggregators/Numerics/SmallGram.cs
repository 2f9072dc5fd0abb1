using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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
            var row = x.Slice(i * columns, columns);
            var j = 0;
            for (; Avx512F.IsSupported && j <= i - 3; j += 4)
                FourDots(row, x.Slice(j * columns, 4 * columns), gram.AsSpan(i * rows + j, 4));
            for (; j <= i; j++)
                gram[i * rows + j] = Dot(row, x.Slice(j * columns, columns));
            for (j = 0; j < i; j++)
                gram[j * rows + i] = gram[i * rows + j];
        }
        return gram;
    }

    /// <summary>X^T X for X [rows, columns] row-major; columns x columns.</summary>
    public static double[] OfColumns(ReadOnlySpan<float> x, int rows, int columns) => OfRows(Transpose.Of(x, rows, columns), columns, rows);

    // x with four rows of y; the eight lanes of one register are the two halves of Dot.
    static void FourDots(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<double> into)
    {
        var n = x.Length;
        ref var x0 = ref MemoryMarshal.GetReference(x);
        ref var y0 = ref MemoryMarshal.GetReference(y);
        ref var y1 = ref Unsafe.Add(ref y0, n);
        ref var y2 = ref Unsafe.Add(ref y1, n);
        ref var y3 = ref Unsafe.Add(ref y2, n);
        Vector512<double> s0 = default, s1 = default, s2 = default, s3 = default;
        var i = 0;
        for (; i <= n - 8; i += 8)
        {
            var a = Eight(ref x0, i);
            s0 = Vector512.FusedMultiplyAdd(a, Eight(ref y0, i), s0);
            s1 = Vector512.FusedMultiplyAdd(a, Eight(ref y1, i), s1);
            s2 = Vector512.FusedMultiplyAdd(a, Eight(ref y2, i), s2);
            s3 = Vector512.FusedMultiplyAdd(a, Eight(ref y3, i), s3);
        }
        into[0] = Tail(s0, x[i..], y[i..]);
        into[1] = Tail(s1, x[i..], y[(n + i)..]);
        into[2] = Tail(s2, x[i..], y[(2 * n + i)..]);
        into[3] = Tail(s3, x[i..], y[(3 * n + i)..]);
    }

    static Vector512<double> Eight(ref float x, int at) => Avx512F.ConvertToVector512Double(Vector256.LoadUnsafe(ref x, (nuint)at));

    static double Tail(Vector512<double> lanes, ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var sum = DotKernel.Tree(lanes.GetLower(), lanes.GetUpper());
        for (var i = 0; i < x.Length; i++)
            sum = Math.FusedMultiplyAdd(x[i], y[i], sum);
        return sum;
    }

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
