namespace Federated.Aggregators.Strategies.Sums;

/// <summary>One number per coordinate from all clients' differences to the previous version, sorted ascending. No sum: rules that ask for it are not sum-only.</summary>
/// <param name="reduce">From the sorted differences of one coordinate.</param>
public sealed class GatherCoordinates(Func<ReadOnlyMemory<float>, double> reduce) : SumRequest
{
    double[][] _results = [];

    /// <summary>Per tensor of the group, row-major. Filled by the fold.</summary>
    public IReadOnlyList<double[]> Results => _results;

    internal Func<ReadOnlyMemory<float>, double> Reduce => reduce;

    internal double[][] Begin(IEnumerable<int> elements) => _results = [.. elements.Select(n => new double[n])];
}
