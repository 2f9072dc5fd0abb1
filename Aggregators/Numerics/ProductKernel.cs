using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Federated.Aggregators.Numerics;

/// <summary>Products over a small inner dimension (a rank): fp32 fused multiply-add in index order, added to fp64 sums.</summary>
public static class ProductKernel
{
    /// <summary>sums [rows, columns] += left [rows, inner] * right [inner, columns].</summary>
    /// <param name="left">Row-major, rows one after another.</param>
    /// <param name="right">Row-major with <paramref name="rightStride"/> elements from row to row.</param>
    /// <param name="rightStride">At least <paramref name="columns"/>.</param>
    /// <param name="inner">The inner dimension.</param>
    /// <param name="columns">Columns of the result.</param>
    /// <param name="sums">Row-major with <paramref name="sumStride"/> elements from row to row.</param>
    /// <param name="sumStride">At least <paramref name="columns"/>.</param>
    public static void Accumulate(ReadOnlySpan<float> left, ReadOnlySpan<float> right, int rightStride, int inner, int columns, Span<double> sums, int sumStride)
    {
        var rows = left.Length / inner;
        if (right.Length < (inner - 1) * (long)rightStride + columns || sums.Length < (rows - 1) * (long)sumStride + columns)
            throw new ArgumentException($"A {rows} x {inner} by {inner} x {columns} product does not fit its operands.");
        ref var b = ref MemoryMarshal.GetReference(right);
        ref var s = ref MemoryMarshal.GetReference(sums);
        ref var a = ref MemoryMarshal.GetReference(left);
        var i = 0;
        for (; i <= rows - 4; i += 4)
            FourRows(ref Unsafe.Add(ref a, i * inner), ref b, rightStride, inner, columns, ref Unsafe.Add(ref s, i * sumStride), sumStride);
        for (; i < rows; i++)
            OneRow(left.Slice(i * inner, inner), ref b, rightStride, columns, ref Unsafe.Add(ref s, i * sumStride));
    }

    /// <summary>
    /// The same for several clients one after another: sums [rows, columns] += left_k [rows, inner] * right_k [inner, columns] for k = 0 ... The bits are those of
    /// one call of the above per client; the sums stay in registers while the clients go by.
    /// </summary>
    /// <param name="left">[clients, rows, inner].</param>
    /// <param name="right">[clients, inner, columns].</param>
    /// <param name="clients">How many.</param>
    /// <param name="rows">Rows of the result.</param>
    /// <param name="inner">The inner dimension.</param>
    /// <param name="columns">Columns of the result.</param>
    /// <param name="sums">[rows, columns], row-major.</param>
    public static void AccumulateClients(ReadOnlySpan<float> left, ReadOnlySpan<float> right, int clients, int rows, int inner, int columns, Span<double> sums)
    {
        if (left.Length < (long)clients * rows * inner)
            throw new ArgumentException($"{left.Length} elements hold no {clients} factors of {rows} x {inner}.", nameof(left));
        Span<nint> places = clients <= 64 ? stackalloc nint[clients] : new nint[clients];
        unsafe
        {
            fixed (float* first = left)
            {
                for (var k = 0; k < clients; k++)
                    places[k] = (nint)(first + (nint)k * rows * inner);
                AccumulateClients(places, right, rows, inner, columns, sums);
            }
        }
    }

    /// <summary>The same for factors that lie where they lie.</summary>
    /// <param name="left">Each client's [rows, inner], pinned.</param>
    /// <param name="right">[clients, inner, columns].</param>
    /// <param name="rows">Rows of the result.</param>
    /// <param name="inner">The inner dimension.</param>
    /// <param name="columns">Columns of the result.</param>
    /// <param name="sums">[rows, columns], row-major.</param>
    internal static unsafe void AccumulateClients(ReadOnlySpan<nint> left, ReadOnlySpan<float> right, int rows, int inner, int columns, Span<double> sums)
    {
        var rightStep = inner * columns;
        if (right.Length < (long)left.Length * rightStep || sums.Length < (long)rows * columns)
            throw new ArgumentException($"{left.Length} products of {rows} x {inner} by {inner} x {columns} do not fit their operands.");
        var (i, j) = (0, 0);
        if (Vector512.IsHardwareAccelerated)
        {
            for (; j <= columns - 16; j += 16)
            {
                for (i = 0; i <= rows - 8; i += 8)
                    EightRows(left, i * inner, ref Unsafe.Add(ref MemoryMarshal.GetReference(right), j), rightStep, inner, columns, ref sums[i * columns + j]);
            }
        }
        for (var k = 0; k < left.Length; k++)
        {
            var own = new ReadOnlySpan<float>((void*)left[k], rows * inner);
            var core = right.Slice(k * rightStep, rightStep);
            if (j > 0 && i < rows)
                Accumulate(own[(i * inner)..], core, columns, inner, j, sums[(i * columns)..], columns);
            if (j < columns)
                Accumulate(own, core[j..], columns, inner, columns - j, sums[j..], columns);
        }
    }

    // Eight chains of fp32 hide the latency; their sixteen fp64 sums and one row of the core fill the 32 registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static unsafe void EightRows(ReadOnlySpan<nint> left, int leftFrom, ref float right, int rightStep, int inner, int columns, ref double sums)
    {
        ref var row0 = ref sums;
        ref var row1 = ref Unsafe.Add(ref sums, columns);
        ref var row2 = ref Unsafe.Add(ref sums, 2 * columns);
        ref var row3 = ref Unsafe.Add(ref sums, 3 * columns);
        ref var row4 = ref Unsafe.Add(ref sums, 4 * columns);
        ref var row5 = ref Unsafe.Add(ref sums, 5 * columns);
        ref var row6 = ref Unsafe.Add(ref sums, 6 * columns);
        ref var row7 = ref Unsafe.Add(ref sums, 7 * columns);
        Vector512<double> l0 = Vector512.LoadUnsafe(ref row0), h0 = Vector512.LoadUnsafe(ref row0, 8), l1 = Vector512.LoadUnsafe(ref row1), h1 = Vector512.LoadUnsafe(ref row1, 8);
        Vector512<double> l2 = Vector512.LoadUnsafe(ref row2), h2 = Vector512.LoadUnsafe(ref row2, 8), l3 = Vector512.LoadUnsafe(ref row3), h3 = Vector512.LoadUnsafe(ref row3, 8);
        Vector512<double> l4 = Vector512.LoadUnsafe(ref row4), h4 = Vector512.LoadUnsafe(ref row4, 8), l5 = Vector512.LoadUnsafe(ref row5), h5 = Vector512.LoadUnsafe(ref row5, 8);
        Vector512<double> l6 = Vector512.LoadUnsafe(ref row6), h6 = Vector512.LoadUnsafe(ref row6, 8), l7 = Vector512.LoadUnsafe(ref row7), h7 = Vector512.LoadUnsafe(ref row7, 8);
        foreach (var place in left)
        {
            ref var client = ref Unsafe.AsRef<float>((float*)place + leftFrom);
            Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
            for (var l = 0; l < inner; l++)
            {
                var b = Vector512.LoadUnsafe(ref right, (nuint)(l * columns));
                ref var a = ref Unsafe.Add(ref client, l);
                s0 = Vector512.FusedMultiplyAdd(Vector512.Create(a), b, s0);
                s1 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref a, inner)), b, s1);
                s2 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref a, 2 * inner)), b, s2);
                s3 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref a, 3 * inner)), b, s3);
                s4 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref a, 4 * inner)), b, s4);
                s5 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref a, 5 * inner)), b, s5);
                s6 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref a, 6 * inner)), b, s6);
                s7 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref a, 7 * inner)), b, s7);
            }
            (l0, h0) = Plus(l0, h0, s0);
            (l1, h1) = Plus(l1, h1, s1);
            (l2, h2) = Plus(l2, h2, s2);
            (l3, h3) = Plus(l3, h3, s3);
            (l4, h4) = Plus(l4, h4, s4);
            (l5, h5) = Plus(l5, h5, s5);
            (l6, h6) = Plus(l6, h6, s6);
            (l7, h7) = Plus(l7, h7, s7);
            right = ref Unsafe.Add(ref right, rightStep);
        }
        Store(l0, h0, ref row0);
        Store(l1, h1, ref row1);
        Store(l2, h2, ref row2);
        Store(l3, h3, ref row3);
        Store(l4, h4, ref row4);
        Store(l5, h5, ref row5);
        Store(l6, h6, ref row6);
        Store(l7, h7, ref row7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector512<double> Low, Vector512<double> High) Plus(Vector512<double> low, Vector512<double> high, Vector512<float> value)
    {
        var (first, second) = Vector512.Widen(value);
        return (low + first, high + second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(Vector512<double> low, Vector512<double> high, ref double row)
    {
        low.StoreUnsafe(ref row);
        high.StoreUnsafe(ref row, 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void FourRows(ref float a, ref float right, int rightStride, int inner, int columns, ref double sums, int sumStride)
    {
        var j = 0;
        for (; Vector512.IsHardwareAccelerated && j <= columns - 32; j += 32)
        {
            Vector512<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
            for (var l = 0; l < inner; l++)
            {
                var b0 = Vector512.LoadUnsafe(ref right, (nuint)(l * rightStride + j));
                var b1 = Vector512.LoadUnsafe(ref right, (nuint)(l * rightStride + j + 16));
                var a0 = Vector512.Create(Unsafe.Add(ref a, l));
                s00 = Vector512.FusedMultiplyAdd(a0, b0, s00);
                s01 = Vector512.FusedMultiplyAdd(a0, b1, s01);
                a0 = Vector512.Create(Unsafe.Add(ref a, inner + l));
                s10 = Vector512.FusedMultiplyAdd(a0, b0, s10);
                s11 = Vector512.FusedMultiplyAdd(a0, b1, s11);
                a0 = Vector512.Create(Unsafe.Add(ref a, 2 * inner + l));
                s20 = Vector512.FusedMultiplyAdd(a0, b0, s20);
                s21 = Vector512.FusedMultiplyAdd(a0, b1, s21);
                a0 = Vector512.Create(Unsafe.Add(ref a, 3 * inner + l));
                s30 = Vector512.FusedMultiplyAdd(a0, b0, s30);
                s31 = Vector512.FusedMultiplyAdd(a0, b1, s31);
            }
            Add(s00, s01, ref Unsafe.Add(ref sums, j));
            Add(s10, s11, ref Unsafe.Add(ref sums, sumStride + j));
            Add(s20, s21, ref Unsafe.Add(ref sums, 2 * sumStride + j));
            Add(s30, s31, ref Unsafe.Add(ref sums, 3 * sumStride + j));
        }
        for (; j <= columns - 16; j += 16)
        {
            Vector256<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
            for (var l = 0; l < inner; l++)
            {
                var b0 = Vector256.LoadUnsafe(ref right, (nuint)(l * rightStride + j));
                var b1 = Vector256.LoadUnsafe(ref right, (nuint)(l * rightStride + j + 8));
                var a0 = Vector256.Create(Unsafe.Add(ref a, l));
                s00 = Vector256.FusedMultiplyAdd(a0, b0, s00);
                s01 = Vector256.FusedMultiplyAdd(a0, b1, s01);
                a0 = Vector256.Create(Unsafe.Add(ref a, inner + l));
                s10 = Vector256.FusedMultiplyAdd(a0, b0, s10);
                s11 = Vector256.FusedMultiplyAdd(a0, b1, s11);
                a0 = Vector256.Create(Unsafe.Add(ref a, 2 * inner + l));
                s20 = Vector256.FusedMultiplyAdd(a0, b0, s20);
                s21 = Vector256.FusedMultiplyAdd(a0, b1, s21);
                a0 = Vector256.Create(Unsafe.Add(ref a, 3 * inner + l));
                s30 = Vector256.FusedMultiplyAdd(a0, b0, s30);
                s31 = Vector256.FusedMultiplyAdd(a0, b1, s31);
            }
            Add(s00, s01, ref Unsafe.Add(ref sums, j));
            Add(s10, s11, ref Unsafe.Add(ref sums, sumStride + j));
            Add(s20, s21, ref Unsafe.Add(ref sums, 2 * sumStride + j));
            Add(s30, s31, ref Unsafe.Add(ref sums, 3 * sumStride + j));
        }
        for (; j <= columns - 8; j += 8)
        {
            Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
            for (var l = 0; l < inner; l++)
            {
                var b = Vector256.LoadUnsafe(ref right, (nuint)(l * rightStride + j));
                s0 = Vector256.FusedMultiplyAdd(Vector256.Create(Unsafe.Add(ref a, l)), b, s0);
                s1 = Vector256.FusedMultiplyAdd(Vector256.Create(Unsafe.Add(ref a, inner + l)), b, s1);
                s2 = Vector256.FusedMultiplyAdd(Vector256.Create(Unsafe.Add(ref a, 2 * inner + l)), b, s2);
                s3 = Vector256.FusedMultiplyAdd(Vector256.Create(Unsafe.Add(ref a, 3 * inner + l)), b, s3);
            }
            Add(s0, ref Unsafe.Add(ref sums, j));
            Add(s1, ref Unsafe.Add(ref sums, sumStride + j));
            Add(s2, ref Unsafe.Add(ref sums, 2 * sumStride + j));
            Add(s3, ref Unsafe.Add(ref sums, 3 * sumStride + j));
        }
        for (var row = 0; row < 4; row++)
            Tail(ref Unsafe.Add(ref a, row * inner), ref right, rightStride, inner, j, columns, ref Unsafe.Add(ref sums, row * sumStride));
    }

    static void OneRow(ReadOnlySpan<float> left, ref float right, int rightStride, int columns, ref double sums)
    {
        var j = 0;
        for (; j <= columns - 8; j += 8)
        {
            var s = Vector256<float>.Zero;
            for (var l = 0; l < left.Length; l++)
                s = Vector256.FusedMultiplyAdd(Vector256.Create(left[l]), Vector256.LoadUnsafe(ref right, (nuint)(l * rightStride + j)), s);
            Add(s, ref Unsafe.Add(ref sums, j));
        }
        Tail(ref MemoryMarshal.GetReference(left), ref right, rightStride, left.Length, j, columns, ref sums);
    }

    static void Tail(ref float left, ref float right, int rightStride, int inner, int from, int columns, ref double sums)
    {
        for (var j = from; j < columns; j++)
        {
            var s = 0f;
            for (var l = 0; l < inner; l++)
                s = MathF.FusedMultiplyAdd(Unsafe.Add(ref left, l), Unsafe.Add(ref right, l * rightStride + j), s);
            Unsafe.Add(ref sums, j) += s;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add(Vector512<float> first, Vector512<float> second, ref double sums)
    {
        Add(first.GetLower(), first.GetUpper(), ref sums);
        Add(second.GetLower(), second.GetUpper(), ref Unsafe.Add(ref sums, 16));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add(Vector256<float> first, Vector256<float> second, ref double sums)
    {
        Add(first, ref sums);
        Add(second, ref Unsafe.Add(ref sums, 8));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add(Vector256<float> value, ref double sums)
    {
        var (low, high) = Vector256.Widen(value);
        (low + Vector256.LoadUnsafe(ref sums)).StoreUnsafe(ref sums);
        (high + Vector256.LoadUnsafe(ref sums, 4)).StoreUnsafe(ref sums, 4);
    }
}
