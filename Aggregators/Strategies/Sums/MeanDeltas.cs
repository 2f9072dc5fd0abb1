namespace Federated.Aggregators.Strategies.Sums;

/// <summary>sum_k p_k (theta_k - theta) for every tensor of the group, theta being the previous version.</summary>
public sealed class MeanDeltas : SumRequest
{
    double[][] _sums = [];

    /// <summary>Per tensor of the group, row-major. Filled by the fold.</summary>
    public IReadOnlyList<double[]> Sums => _sums;

    internal double[][] Begin(IEnumerable<int> elements) => _sums = [.. elements.Select(n => new double[n])];
}
