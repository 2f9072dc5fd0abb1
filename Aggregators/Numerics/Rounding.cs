using System.Numerics.Tensors;

namespace Federated.Aggregators.Numerics;

static class Rounding
{
    /// <summary>Each value rounded once to nearest even; beyond fp32 it becomes infinite.</summary>
    public static float[] ToSingles(ReadOnlySpan<double> values)
    {
        var result = GC.AllocateUninitializedArray<float>(values.Length);
        ToSingles(values, result);
        return result;
    }

    /// <summary>The same into an array of the same length.</summary>
    public static void ToSingles(ReadOnlySpan<double> values, Span<float> into) => TensorPrimitives.ConvertTruncating(values, into);

    /// <summary>Each value as it is.</summary>
    public static double[] ToDoubles(ReadOnlySpan<float> values)
    {
        var result = GC.AllocateUninitializedArray<double>(values.Length);
        TensorPrimitives.ConvertTruncating(values, result);
        return result;
    }
}
