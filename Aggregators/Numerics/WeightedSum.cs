using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Federated.Aggregators.Numerics;

/// <summary>Sums over clients, fp64, one client after another.</summary>
public static class WeightedSum
{
    const int Ahead = 1024;

    /// <summary>sum += weight * x, each product and sum rounded once (fp64 fused multiply-add); callers go through clients in id order, so the bits never depend on arrival.</summary>
    /// <param name="sum">At least as long as <paramref name="x"/>.</param>
    /// <param name="x">One client's values.</param>
    /// <param name="weight">The client's weight.</param>
    // At once as fast as it will be: while other code is new, the runtime would leave it slow for a long time.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(Span<double> sum, ReadOnlySpan<float> x, double weight)
    {
        sum = sum[..x.Length];
        ref var s = ref MemoryMarshal.GetReference(sum);
        ref var v = ref MemoryMarshal.GetReference(x);
        var w = Vector256.Create(weight);
        var i = 0;
        for (; i <= x.Length - 8; i += 8)
        {
            var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref v, (nuint)i));
            Vector256.FusedMultiplyAdd(low, w, Vector256.LoadUnsafe(ref s, (nuint)i)).StoreUnsafe(ref s, (nuint)i);
            Vector256.FusedMultiplyAdd(high, w, Vector256.LoadUnsafe(ref s, (nuint)(i + 4))).StoreUnsafe(ref s, (nuint)(i + 4));
        }
        for (; i < x.Length; i++)
            sum[i] = Math.FusedMultiplyAdd(x[i], weight, sum[i]);
    }

    /// <summary>Four clients, one after another: the same bits as four calls of <see cref="Add"/> with a quarter of the traffic of the sums.</summary>
    public static void AddFour(Span<double> sum, ReadOnlySpan<float> x0, double w0, ReadOnlySpan<float> x1, double w1, ReadOnlySpan<float> x2, double w2, ReadOnlySpan<float> x3, double w3)
    {
        if (x1.Length != x0.Length || x2.Length != x0.Length || x3.Length != x0.Length)
            throw new ArgumentException($"The clients have {x0.Length}, {x1.Length}, {x2.Length} and {x3.Length} values; equal numbers are needed.", nameof(x1));
        sum = sum[..x0.Length];
        ref var s = ref MemoryMarshal.GetReference(sum);
        ref var v0 = ref MemoryMarshal.GetReference(x0);
        ref var v1 = ref MemoryMarshal.GetReference(x1);
        ref var v2 = ref MemoryMarshal.GetReference(x2);
        ref var v3 = ref MemoryMarshal.GetReference(x3);
        var i = Avx512F.IsSupported ? FourWide(ref s, ref v0, w0, ref v1, w1, ref v2, w2, ref v3, w3, x0.Length) : 0;
        var (p0, p1, p2, p3) = (Vector256.Create(w0), Vector256.Create(w1), Vector256.Create(w2), Vector256.Create(w3));
        for (; i <= x0.Length - 8; i += 8)
        {
            var at = (nuint)i;
            var (low, high) = (Vector256.LoadUnsafe(ref s, at), Vector256.LoadUnsafe(ref s, at + 4));
            low = Vector256.FusedMultiplyAdd(Lower(ref v0, at), p0, low);
            high = Vector256.FusedMultiplyAdd(Lower(ref v0, at + 4), p0, high);
            low = Vector256.FusedMultiplyAdd(Lower(ref v1, at), p1, low);
            high = Vector256.FusedMultiplyAdd(Lower(ref v1, at + 4), p1, high);
            low = Vector256.FusedMultiplyAdd(Lower(ref v2, at), p2, low);
            high = Vector256.FusedMultiplyAdd(Lower(ref v2, at + 4), p2, high);
            low = Vector256.FusedMultiplyAdd(Lower(ref v3, at), p3, low);
            high = Vector256.FusedMultiplyAdd(Lower(ref v3, at + 4), p3, high);
            low.StoreUnsafe(ref s, at);
            high.StoreUnsafe(ref s, at + 4);
        }
        Add(sum[i..], x0[i..], w0);
        Add(sum[i..], x1[i..], w1);
        Add(sum[i..], x2[i..], w2);
        Add(sum[i..], x3[i..], w3);
    }

    // Eight sums to a register; the sums' own operations are the same. Returns how many it did.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int FourWide(ref double s, ref float v0, double w0, ref float v1, double w1, ref float v2, double w2, ref float v3, double w3, int length)
    {
        var (p0, p1, p2, p3) = (Vector512.Create(w0), Vector512.Create(w1), Vector512.Create(w2), Vector512.Create(w3));
        var i = 0;
        for (; i <= length - 16; i += 16)
        {
            var at = (nuint)i;
            Prefetch(ref v0, at);
            Prefetch(ref v1, at);
            Prefetch(ref v2, at);
            Prefetch(ref v3, at);
            var (low, high) = (Vector512.LoadUnsafe(ref s, at), Vector512.LoadUnsafe(ref s, at + 8));
            low = Vector512.FusedMultiplyAdd(Eight(ref v0, at), p0, low);
            high = Vector512.FusedMultiplyAdd(Eight(ref v0, at + 8), p0, high);
            low = Vector512.FusedMultiplyAdd(Eight(ref v1, at), p1, low);
            high = Vector512.FusedMultiplyAdd(Eight(ref v1, at + 8), p1, high);
            low = Vector512.FusedMultiplyAdd(Eight(ref v2, at), p2, low);
            high = Vector512.FusedMultiplyAdd(Eight(ref v2, at + 8), p2, high);
            low = Vector512.FusedMultiplyAdd(Eight(ref v3, at), p3, low);
            high = Vector512.FusedMultiplyAdd(Eight(ref v3, at + 8), p3, high);
            low.StoreUnsafe(ref s, at);
            high.StoreUnsafe(ref s, at + 8);
        }
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<double> Eight(ref float x, nuint at) => Avx512F.ConvertToVector512Double(Vector256.LoadUnsafe(ref x, at));

    // A page ahead, where the processor's own prefetching does not look: the client's next page of this piece, or the beginning of its next piece. Beyond the client's
    // values nothing happens.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static unsafe void Prefetch(ref float x, nuint at) => Sse.Prefetch1(Unsafe.AsPointer(ref Unsafe.Add(ref x, at + Ahead)));

    // Four values widened by one load.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<double> Lower(ref float x, nuint at)
    {
        var four = Vector128.LoadUnsafe(ref x, at);
        if (Avx.IsSupported)
            return Avx.ConvertToVector256Double(four);
        var (low, high) = Vector128.Widen(four);
        return Vector256.Create(low, high);
    }
}
