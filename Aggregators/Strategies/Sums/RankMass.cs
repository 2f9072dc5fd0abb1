namespace Federated.Aggregators.Strategies.Sums;

/// <summary>
/// sum_k p_k [client k sent this slice], for every slice (column of the left factor, row of the right one) of one factor. A slice of exact zeros was not sent. Which slices
/// those are depends on the data, so rules that ask for it are not sum-only.
/// </summary>
/// <param name="tensor">Place of the factor among the group's tensors.</param>
public sealed class RankMass(int tensor) : SumRequest
{
    /// <summary>[rank]. Filled by the fold.</summary>
    public double[] Sum { get; internal set; } = [];

    internal int Tensor => tensor;
}
