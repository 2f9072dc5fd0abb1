using System.Numerics.Tensors;

namespace Federated.Aggregators.Numerics;

/// <summary>
/// Differences from a mean that is rounded to fp32. The rounding does no harm to a covariance: sum p_k (b_k + e)(a_k + d) = sum p_k b_k a_k + e d, since the true
/// differences sum to zero.
/// </summary>
static class Centring
{
    /// <summary>into = x - mean; <paramref name="into"/> may be <paramref name="x"/>.</summary>
    public static void Subtract(ReadOnlySpan<float> x, ReadOnlySpan<float> mean, Span<float> into) => TensorPrimitives.Subtract(x, mean[..x.Length], into);
}
