using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Federated.Aggregators.Numerics;

/// <summary>Differences from an fp64 mean, rounded once to fp32.</summary>
static class Centring
{
    /// <summary>into = x - mean; <paramref name="into"/> may be <paramref name="x"/>.</summary>
    public static void Subtract(ReadOnlySpan<float> x, ReadOnlySpan<double> mean, Span<float> into)
    {
        mean = mean[..x.Length];
        into = into[..x.Length];
        ref var v = ref MemoryMarshal.GetReference(x);
        ref var m = ref MemoryMarshal.GetReference(mean);
        ref var d = ref MemoryMarshal.GetReference(into);
        var i = 0;
        for (; i <= x.Length - 8; i += 8)
        {
            var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref v, (nuint)i));
            low -= Vector256.LoadUnsafe(ref m, (nuint)i);
            high -= Vector256.LoadUnsafe(ref m, (nuint)(i + 4));
            Vector256.Narrow(low, high).StoreUnsafe(ref d, (nuint)i);
        }
        for (; i < x.Length; i++)
            into[i] = (float)(x[i] - mean[i]);
    }
}
