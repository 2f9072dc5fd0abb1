namespace Federated.Aggregators.Strategies.Sums;

/// <summary>
/// sum_k p_k [client k sent this element], for every element of the group. An element whose decoded change is exactly 0 was not sent: that is how top-k and masked updates
/// arrive. Which elements those are depends on the data, so rules that ask for it are not sum-only.
/// </summary>
public sealed class ElementMass : SumRequest
{
    double[][] _sums = [];

    /// <summary>Per tensor of the group, row-major. Filled by the fold.</summary>
    public IReadOnlyList<double[]> Sums => _sums;

    internal double[][] Begin(IEnumerable<int> elements) => _sums = [.. elements.Select(n => new double[n])];
}
