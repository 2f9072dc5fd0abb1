namespace Federated.Aggregators.Strategies.Sums;

/// <summary>Y^T sum_k w_k D_k with D_k = B_k A_k - B_v A_v, v being the version that client k started from, at the previous version's scale.</summary>
/// <param name="y">Y [M, width], row-major.</param>
/// <param name="width">Columns of Y.</param>
public sealed class LeftChange(float[] y, int width) : LeftProduct(y, width);
