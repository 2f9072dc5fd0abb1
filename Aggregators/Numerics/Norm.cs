using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Federated.Aggregators.Numerics;

static class Norm
{
    /// <summary>Sum of squares in eight lanes and the fixed tree.</summary>
    public static double Squared(ReadOnlySpan<double> x)
    {
        var (low, high) = (Vector256<double>.Zero, Vector256<double>.Zero);
        ref var first = ref MemoryMarshal.GetReference(x);
        var i = 0;
        for (; i <= x.Length - 8; i += 8)
        {
            var (a, b) = (Vector256.LoadUnsafe(ref first, (nuint)i), Vector256.LoadUnsafe(ref first, (nuint)(i + 4)));
            low = Vector256.FusedMultiplyAdd(a, a, low);
            high = Vector256.FusedMultiplyAdd(b, b, high);
        }
        var sum = DotKernel.Tree(low, high);
        for (; i < x.Length; i++)
            sum = Math.FusedMultiplyAdd(x[i], x[i], sum);
        return sum;
    }
}
