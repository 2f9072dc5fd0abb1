namespace Federated.Aggregators.Strategies.Sums;

/// <summary>sum_k w_k D_k X^T with D_k = B_k A_k - B_v A_v, v being the version that client k started from, at the previous version's scale.</summary>
/// <param name="x">X [width, N], row-major.</param>
/// <param name="width">Rows of X.</param>
public sealed class RightChange(float[] x, int width) : RightProduct(x, width);
