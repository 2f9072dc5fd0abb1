namespace Federated.Aggregators.Strategies.Sums;

/// <summary>Y^T (M - BA) = sum_k p_k (Y^T (B_k - B))(A_k - A), B and A being the means: the covariance of the factors applied from the left.</summary>
/// <param name="means">The group's filled means.</param>
/// <param name="y">Y [M, width], row-major.</param>
/// <param name="width">Columns of Y.</param>
public sealed class LeftSum(MeanDeltas means, float[] y, int width) : LeftProduct(y, width)
{
    internal MeanDeltas Means => means;
}
