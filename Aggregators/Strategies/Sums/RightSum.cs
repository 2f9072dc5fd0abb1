namespace Federated.Aggregators.Strategies.Sums;

/// <summary>
/// (M - BA) X^T = sum_k p_k (B_k - B)((A_k - A) X^T), B and A being the means: the covariance of the factors applied to X. The previous version cancels.
/// </summary>
/// <param name="means">The group's filled means.</param>
/// <param name="x">X [width, N], row-major.</param>
/// <param name="width">Rows of X.</param>
public sealed class RightSum(MeanDeltas means, float[] x, int width) : RightProduct(x, width)
{
    internal MeanDeltas Means => means;
}
