using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Federated.Aggregators.Numerics;

/// <summary>Differences from an fp64 mean, rounded once to fp32.</summary>
static class Centring
{
    /// <summary>x -= mean.</summary>
    public static void Subtract(Span<float> x, ReadOnlySpan<double> mean)
    {
        mean = mean[..x.Length];
        ref var v = ref MemoryMarshal.GetReference(x);
        ref var m = ref MemoryMarshal.GetReference(mean);
        var i = 0;
        for (; i <= x.Length - 8; i += 8)
        {
            var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref v, (nuint)i));
            low -= Vector256.LoadUnsafe(ref m, (nuint)i);
            high -= Vector256.LoadUnsafe(ref m, (nuint)(i + 4));
            Vector256.Narrow(low, high).StoreUnsafe(ref v, (nuint)i);
        }
        for (; i < x.Length; i++)
            x[i] = (float)(x[i] - mean[i]);
    }
}
