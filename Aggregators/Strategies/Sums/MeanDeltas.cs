using Federated.Aggregators.Numerics;

namespace Federated.Aggregators.Strategies.Sums;

/// <summary>sum_k p_k (theta_k - theta) for every tensor of the group, theta being the previous version.</summary>
public sealed class MeanDeltas : SumRequest
{
    double[][] _sums = [];
    float[]?[] _singles = [];

    /// <summary>Per tensor of the group, row-major. Filled by the fold.</summary>
    public IReadOnlyList<double[]> Sums => _sums;

    /// <summary>A tensor's sums rounded to fp32, for centring.</summary>
    internal float[] Singles(int tensor) => _singles[tensor] ??= Rounding.ToSingles(_sums[tensor]);

    internal double[][] Begin(IEnumerable<int> elements)
    {
        _sums = [.. elements.Select(n => new double[n])];
        _singles = new float[_sums.Length][];
        return _sums;
    }
}
