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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void FourRows(ref float a, ref float right, int rightStride, int inner, int columns, ref double sums, int sumStride)
    {
        var j = 0;
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
