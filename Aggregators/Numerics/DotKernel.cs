using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Federated.Aggregators.Numerics;

/// <summary>
/// Dot products with one fixed order of operations on every processor: 8 lanes of fp32 fused multiply-add over at most 1,024 elements, then a
/// fixed tree to fp64. A wider unit works on two outputs at once, never on more lanes of one, and the software path rounds the same.
/// </summary>
public static class DotKernel
{
    /// <summary>Elements per block; a longer dot product is a sum of blocks in order.</summary>
    public const int Block = 1024;

    /// <summary>Lanes of a block; rows are padded with zeros to a multiple of it.</summary>
    public const int Lanes = 8;

    /// <summary><paramref name="length"/> rounded up to whole lanes.</summary>
    public static int Padded(int length) => (length + Lanes - 1) & ~(Lanes - 1);

    /// <summary>sums[i, j] += x_i . y_j over one block, for all rows of x and y.</summary>
    /// <param name="x">Rows of x, padded with zeros to <see cref="Padded"/> elements.</param>
    /// <param name="xStride">Elements from one row of x to the next.</param>
    /// <param name="xRows">Rows of x.</param>
    /// <param name="y">Rows of y, padded likewise.</param>
    /// <param name="yStride">Elements from one row of y to the next.</param>
    /// <param name="yRows">Rows of y.</param>
    /// <param name="length">Elements of the block, at most <see cref="Block"/>.</param>
    /// <param name="sums">xRows x yRows, row-major.</param>
    public static void Accumulate(ReadOnlySpan<float> x, int xStride, int xRows, ReadOnlySpan<float> y, int yStride, int yRows, int length, Span<double> sums) =>
        Accumulate(x, xStride, xRows, y, yStride, yRows, length, sums, yRows);

    /// <summary>The same into a part of a larger matrix, whose rows are <paramref name="sumStride"/> apart.</summary>
    internal static void Accumulate(ReadOnlySpan<float> x, int xStride, int xRows, ReadOnlySpan<float> y, int yStride, int yRows, int length, Span<double> sums, int sumStride)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Block);
        var padded = Padded(length);
        RequireRows(x.Length, xStride, xRows, padded, nameof(x));
        RequireRows(y.Length, yStride, yRows, padded, nameof(y));
        // Few rows of y at a time stay in the first-level cache while those of x go by. Wider tiles need more registers than AVX2 has; each output's own
        // operations are the same in any tile.
        var j = 0;
        for (; Avx512DQ.IsSupported && j <= yRows - 8; j += 8)
            Columns(x, xStride, xRows, y[(j * yStride)..], yStride, 8, padded, j == 0 ? padded : 0, sums[j..], sumStride);
        for (; Avx512F.VL.IsSupported && j <= yRows - 4; j += 4)
            Columns(x, xStride, xRows, y[(j * yStride)..], yStride, 4, padded, 0, sums[j..], sumStride);
        for (; j < yRows; j += 2)
            Columns(x, xStride, xRows, y[(j * yStride)..], yStride, Math.Min(2, yRows - j), padded, 0, sums[j..], sumStride);
    }

    static void Columns(ReadOnlySpan<float> x, int xStride, int xRows, ReadOnlySpan<float> y, int yStride, int width, int padded, nint ahead, Span<double> sums, int sumStride)
    {
        ref var y0 = ref MemoryMarshal.GetReference(y);
        var i = 0;
        for (; width > 1 && i <= xRows - 4; i += 4)
        {
            ref var xi = ref Unsafe.Add(ref MemoryMarshal.GetReference(x), i * xStride);
            var into = sums[(i * sumStride)..];
            if (width == 8)
                WidestTile(ref xi, xStride, ref y0, yStride, padded, ahead, into, sumStride);
            else if (width == 4)
                WideTile(ref xi, xStride, ref y0, yStride, padded, into, sumStride);
            else
                Tile(ref xi, xStride, ref y0, yStride, padded, into, sumStride);
        }
        Edge(ref MemoryMarshal.GetReference(x), xStride, i, xRows, ref y0, yStride, width, padded, sums, sumStride);
    }

    /// <summary>X Y^T for X [xRows, n] and Y [yRows, n], row-major; [xRows, yRows].</summary>
    internal static double[] OfRows(ReadOnlySpan<float> x, int xRows, ReadOnlySpan<float> y, int yRows, int n)
    {
        const int Stride = Block + 16;
        var (sums, left, right) = (new double[xRows * yRows], new float[4 * Stride], new float[yRows * Stride]);
        for (var from = 0; from < n; from += Block)
        {
            var length = Math.Min(Block, n - from);
            CopyRows(y, 0, yRows, n, from, length, right, Stride);
            for (var i = 0; i < xRows; i += 4)
            {
                var rows = Math.Min(4, xRows - i);
                CopyRows(x, i, rows, n, from, length, left, Stride);
                Accumulate(left, Stride, rows, right, Stride, yRows, length, sums.AsSpan(i * yRows));
            }
        }
        return sums;
    }

    static void CopyRows(ReadOnlySpan<float> x, int first, int rows, int n, int from, int length, Span<float> into, int stride)
    {
        for (var i = 0; i < rows; i++)
        {
            x.Slice((first + i) * n + from, length).CopyTo(into[(i * stride)..]);
            into.Slice(i * stride + length, Padded(length) - length).Clear();
        }
    }

    /// <summary>Sum of squares in fp64, which no finite fp32 value can overflow; not finite exactly when a value is not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double SumOfSquares(ReadOnlySpan<float> x)
    {
        var (low, high) = (Vector256<double>.Zero, Vector256<double>.Zero);
        ref var x0 = ref MemoryMarshal.GetReference(x);
        var i = 0;
        for (; i <= x.Length - Lanes; i += Lanes)
        {
            var (a, b) = Vector256.Widen(Vector256.LoadUnsafe(ref x0, (nuint)i));
            low = Vector256.FusedMultiplyAdd(a, a, low);
            high = Vector256.FusedMultiplyAdd(b, b, high);
        }
        var sum = Tree(low, high);
        for (; i < x.Length; i++)
            sum = Math.FusedMultiplyAdd(x[i], x[i], sum);
        return sum;
    }

    /// <summary>The fixed tree: eight lanes to one fp64 value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double Tree(Vector256<float> lanes)
    {
        var (low, high) = Vector256.Widen(lanes);
        return Tree(low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double Tree(Vector256<double> low, Vector256<double> high)
    {
        var four = low + high;
        var two = four.GetLower() + four.GetUpper();
        return two.GetElement(0) + two.GetElement(1);
    }

    // 4 x 2 accumulators are the eight independent chains that hide the latency of a fused multiply-add.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Tile(ref float x, int xStride, ref float y, int yStride, int padded, Span<double> sums, int sumStride)
    {
        ref var x1 = ref Unsafe.Add(ref x, xStride);
        ref var x2 = ref Unsafe.Add(ref x1, xStride);
        ref var x3 = ref Unsafe.Add(ref x2, xStride);
        ref var y1 = ref Unsafe.Add(ref y, yStride);
        Vector256<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        for (nuint i = 0; i < (nuint)padded; i += Lanes)
        {
            var b0 = Vector256.LoadUnsafe(ref y, i);
            var b1 = Vector256.LoadUnsafe(ref y1, i);
            var a = Vector256.LoadUnsafe(ref x, i);
            s00 = Vector256.FusedMultiplyAdd(a, b0, s00);
            s01 = Vector256.FusedMultiplyAdd(a, b1, s01);
            a = Vector256.LoadUnsafe(ref x1, i);
            s10 = Vector256.FusedMultiplyAdd(a, b0, s10);
            s11 = Vector256.FusedMultiplyAdd(a, b1, s11);
            a = Vector256.LoadUnsafe(ref x2, i);
            s20 = Vector256.FusedMultiplyAdd(a, b0, s20);
            s21 = Vector256.FusedMultiplyAdd(a, b1, s21);
            a = Vector256.LoadUnsafe(ref x3, i);
            s30 = Vector256.FusedMultiplyAdd(a, b0, s30);
            s31 = Vector256.FusedMultiplyAdd(a, b1, s31);
        }
        sums[0] += Tree(s00);
        sums[1] += Tree(s01);
        sums[sumStride] += Tree(s10);
        sums[sumStride + 1] += Tree(s11);
        sums[2 * sumStride] += Tree(s20);
        sums[2 * sumStride + 1] += Tree(s21);
        sums[3 * sumStride] += Tree(s30);
        sums[3 * sumStride + 1] += Tree(s31);
    }

    // 4 x 4 accumulators: two loads from the cache for every four fused multiply-adds.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void WideTile(ref float x, int xStride, ref float y, int yStride, int padded, Span<double> sums, int sumStride)
    {
        ref var x1 = ref Unsafe.Add(ref x, xStride);
        ref var x2 = ref Unsafe.Add(ref x1, xStride);
        ref var x3 = ref Unsafe.Add(ref x2, xStride);
        ref var y1 = ref Unsafe.Add(ref y, yStride);
        ref var y2 = ref Unsafe.Add(ref y1, yStride);
        ref var y3 = ref Unsafe.Add(ref y2, yStride);
        Vector256<float> s00 = default, s01 = default, s02 = default, s03 = default;
        Vector256<float> s10 = default, s11 = default, s12 = default, s13 = default;
        Vector256<float> s20 = default, s21 = default, s22 = default, s23 = default;
        Vector256<float> s30 = default, s31 = default, s32 = default, s33 = default;
        for (nuint i = 0; i < (nuint)padded; i += Lanes)
        {
            var b0 = Vector256.LoadUnsafe(ref y, i);
            var b1 = Vector256.LoadUnsafe(ref y1, i);
            var b2 = Vector256.LoadUnsafe(ref y2, i);
            var b3 = Vector256.LoadUnsafe(ref y3, i);
            var a0 = Vector256.LoadUnsafe(ref x, i);
            s00 = Vector256.FusedMultiplyAdd(a0, b0, s00);
            s01 = Vector256.FusedMultiplyAdd(a0, b1, s01);
            s02 = Vector256.FusedMultiplyAdd(a0, b2, s02);
            s03 = Vector256.FusedMultiplyAdd(a0, b3, s03);
            var a1 = Vector256.LoadUnsafe(ref x1, i);
            s10 = Vector256.FusedMultiplyAdd(a1, b0, s10);
            s11 = Vector256.FusedMultiplyAdd(a1, b1, s11);
            s12 = Vector256.FusedMultiplyAdd(a1, b2, s12);
            s13 = Vector256.FusedMultiplyAdd(a1, b3, s13);
            var a2 = Vector256.LoadUnsafe(ref x2, i);
            s20 = Vector256.FusedMultiplyAdd(a2, b0, s20);
            s21 = Vector256.FusedMultiplyAdd(a2, b1, s21);
            s22 = Vector256.FusedMultiplyAdd(a2, b2, s22);
            s23 = Vector256.FusedMultiplyAdd(a2, b3, s23);
            var a3 = Vector256.LoadUnsafe(ref x3, i);
            s30 = Vector256.FusedMultiplyAdd(a3, b0, s30);
            s31 = Vector256.FusedMultiplyAdd(a3, b1, s31);
            s32 = Vector256.FusedMultiplyAdd(a3, b2, s32);
            s33 = Vector256.FusedMultiplyAdd(a3, b3, s33);
        }
        AddRow(sums, s00, s01, s02, s03);
        AddRow(sums[sumStride..], s10, s11, s12, s13);
        AddRow(sums[(2 * sumStride)..], s20, s21, s22, s23);
        AddRow(sums[(3 * sumStride)..], s30, s31, s32, s33);
    }

    static void AddRow(Span<double> sums, Vector256<float> s0, Vector256<float> s1, Vector256<float> s2, Vector256<float> s3)
    {
        sums[0] += Tree(s0);
        sums[1] += Tree(s1);
        sums[2] += Tree(s2);
        sums[3] += Tree(s3);
    }

    // Two outputs in each 512-bit register, eight lanes for one and eight for the other: the lanes' own operations are those of the narrower tiles.
    // 'ahead' elements further are the rows' next block, which the first columns bring nearer; a page is farther than the processor's own prefetching looks.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static unsafe void WidestTile(ref float x, int xStride, ref float y, int yStride, int padded, nint ahead, Span<double> sums, int sumStride)
    {
        fixed (float* x0 = &x, y0 = &y)
        {
            float* x1 = x0 + xStride, x2 = x1 + xStride, x3 = x2 + xStride;
            float* y2 = y0 + 2 * yStride, y4 = y2 + 2 * yStride, y6 = y4 + 2 * yStride;
            Vector512<float> s00 = default, s01 = default, s02 = default, s03 = default;
            Vector512<float> s10 = default, s11 = default, s12 = default, s13 = default;
            Vector512<float> s20 = default, s21 = default, s22 = default, s23 = default;
            Vector512<float> s30 = default, s31 = default, s32 = default, s33 = default;
            for (nint i = 0; i < padded; i += Lanes)
            {
                Sse.Prefetch1(x0 + ahead + i);
                Sse.Prefetch1(x1 + ahead + i);
                Sse.Prefetch1(x2 + ahead + i);
                Sse.Prefetch1(x3 + ahead + i);
                var b0 = Vector512.Create(Vector256.Load(y0 + i), Vector256.Load(y0 + yStride + i));
                var b1 = Vector512.Create(Vector256.Load(y2 + i), Vector256.Load(y2 + yStride + i));
                var b2 = Vector512.Create(Vector256.Load(y4 + i), Vector256.Load(y4 + yStride + i));
                var b3 = Vector512.Create(Vector256.Load(y6 + i), Vector256.Load(y6 + yStride + i));
                var a = Avx512DQ.BroadcastVector256ToVector512(x0 + i);
                s00 = Vector512.FusedMultiplyAdd(a, b0, s00);
                s01 = Vector512.FusedMultiplyAdd(a, b1, s01);
                s02 = Vector512.FusedMultiplyAdd(a, b2, s02);
                s03 = Vector512.FusedMultiplyAdd(a, b3, s03);
                a = Avx512DQ.BroadcastVector256ToVector512(x1 + i);
                s10 = Vector512.FusedMultiplyAdd(a, b0, s10);
                s11 = Vector512.FusedMultiplyAdd(a, b1, s11);
                s12 = Vector512.FusedMultiplyAdd(a, b2, s12);
                s13 = Vector512.FusedMultiplyAdd(a, b3, s13);
                a = Avx512DQ.BroadcastVector256ToVector512(x2 + i);
                s20 = Vector512.FusedMultiplyAdd(a, b0, s20);
                s21 = Vector512.FusedMultiplyAdd(a, b1, s21);
                s22 = Vector512.FusedMultiplyAdd(a, b2, s22);
                s23 = Vector512.FusedMultiplyAdd(a, b3, s23);
                a = Avx512DQ.BroadcastVector256ToVector512(x3 + i);
                s30 = Vector512.FusedMultiplyAdd(a, b0, s30);
                s31 = Vector512.FusedMultiplyAdd(a, b1, s31);
                s32 = Vector512.FusedMultiplyAdd(a, b2, s32);
                s33 = Vector512.FusedMultiplyAdd(a, b3, s33);
            }
            AddPairs(sums, s00, s01, s02, s03);
            AddPairs(sums[sumStride..], s10, s11, s12, s13);
            AddPairs(sums[(2 * sumStride)..], s20, s21, s22, s23);
            AddPairs(sums[(3 * sumStride)..], s30, s31, s32, s33);
        }
    }

    static void AddPairs(Span<double> sums, Vector512<float> s0, Vector512<float> s1, Vector512<float> s2, Vector512<float> s3)
    {
        AddRow(sums, s0.GetLower(), s0.GetUpper(), s1.GetLower(), s1.GetUpper());
        AddRow(sums[4..], s2.GetLower(), s2.GetUpper(), s3.GetLower(), s3.GetUpper());
    }

    static void Edge(ref float x, int xStride, int xFrom, int xTo, ref float y, int yStride, int yRows, int padded, Span<double> sums, int sumStride)
    {
        for (var i = xFrom; i < xTo; i++)
        {
            for (var j = 0; j < yRows; j++)
            {
                var sum = Vector256<float>.Zero;
                for (var l = 0; l < padded; l += Lanes)
                    sum = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref x, (nuint)(i * xStride + l)), Vector256.LoadUnsafe(ref y, (nuint)(j * yStride + l)), sum);
                sums[i * sumStride + j] += Tree(sum);
            }
        }
    }

    static void RequireRows(int available, int stride, int rows, int padded, string name)
    {
        if (rows < 0 || stride < padded || (rows > 0 && available < (rows - 1) * (long)stride + padded))
            throw new ArgumentException($"{rows} rows of {padded} elements, {stride} apart, do not fit {available} elements.", name);
    }
}
