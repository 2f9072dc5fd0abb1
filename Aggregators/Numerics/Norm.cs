using System.Runtime.CompilerServices;
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

    /// <summary>||x - y||^2, each difference formed in fp64, in the same lanes and tree.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double SquaredDistance(ReadOnlySpan<double> x, ReadOnlySpan<float> y)
    {
        var (low, high) = (Vector256<double>.Zero, Vector256<double>.Zero);
        ref var x0 = ref MemoryMarshal.GetReference(x);
        ref var y0 = ref MemoryMarshal.GetReference(y[..x.Length]);
        var i = 0;
        for (; i <= x.Length - 8; i += 8)
        {
            var (a, b) = Vector256.Widen(Vector256.LoadUnsafe(ref y0, (nuint)i));
            a = Vector256.LoadUnsafe(ref x0, (nuint)i) - a;
            b = Vector256.LoadUnsafe(ref x0, (nuint)(i + 4)) - b;
            low = Vector256.FusedMultiplyAdd(a, a, low);
            high = Vector256.FusedMultiplyAdd(b, b, high);
        }
        var sum = DotKernel.Tree(low, high);
        for (; i < x.Length; i++)
            sum = Math.FusedMultiplyAdd(x[i] - y[i], x[i] - y[i], sum);
        return sum;
    }
}
