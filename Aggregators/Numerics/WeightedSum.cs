using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Federated.Aggregators.Numerics;

/// <summary>Sums over clients, fp64, one client after another.</summary>
public static class WeightedSum
{
    /// <summary>sum += weight * x, each product and sum rounded once (fp64 fused multiply-add); callers go through clients in id order, so the bits never depend on arrival.</summary>
    /// <param name="sum">At least as long as <paramref name="x"/>.</param>
    /// <param name="x">One client's values.</param>
    /// <param name="weight">The client's weight.</param>
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
}
