using System.Collections;
using Federated.Aggregators.Numerics;

namespace Federated.Aggregators.Strategies.Sums;

/// <summary>sum_k p_k (theta_k - theta) for every tensor of the group, theta being the previous version.</summary>
public sealed class MeanDeltas : SumRequest
{
    double[]?[] _sums = [];
    float[]?[] _singles = [];
    Func<int, double[]>? _fill;

    /// <summary>
    /// Per tensor of the group, row-major. Filled by the fold; a tensor's sum may be put off until it is looked at, so that a rule which first asks for another sum
    /// over the same tensor has both from one reading of the clients.
    /// </summary>
    public IReadOnlyList<double[]> Sums => new Filled(this);

    /// <summary>A tensor's sums rounded to fp32, for centring.</summary>
    internal float[] Singles(int tensor) => _singles[tensor] ??= Rounding.ToSingles(Sums[tensor]);

    /// <summary>Whether nobody has looked at a tensor's sum yet.</summary>
    internal bool IsPending(int tensor) => _sums[tensor] is null;

    internal void Begin(int tensors, Func<int, double[]> fill) => (_sums, _singles, _fill) = (new double[tensors][], new float[tensors][], fill);

    /// <summary>A pending tensor's sum, which came out of another sum.</summary>
    internal void Supply(int tensor, double[] sum, float[] single) => (_sums[tensor], _singles[tensor]) = (sum, single);

    sealed class Filled(MeanDeltas means) : IReadOnlyList<double[]>
    {
        public int Count => means._sums.Length;

        public double[] this[int tensor] => means._sums[tensor] ??= means._fill!(tensor);

        public IEnumerator<double[]> GetEnumerator() => Enumerable.Range(0, Count).Select(t => this[t]).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
