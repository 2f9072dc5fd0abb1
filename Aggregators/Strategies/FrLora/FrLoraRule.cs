using Federated.Aggregators.Numerics;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.FrLora;

/// <summary>Offset s (BA - B_0 A_0) of rank 2r, B and A being this round's means; the factors are always published as B_0, A_0.</summary>
sealed class FrLoraRule : IGroupRule
{
    public IEnumerable<SumRequest> Fold(GroupFold group)
    {
        var f = group.Factors;
        var means = new MeanDeltas();
        yield return means;
        var (b, a) = (Rounding.ToSingles(group.Apply(f.Left, means.Sums[f.Left])), Rounding.ToSingles(group.Apply(f.Right, means.Sums[f.Right])));
        // The previous version is the start of every round, so the first factors need no memory of their own.
        var (b0, a0) = (group.Previous(f.Left).ToArray(), group.Previous(f.Right).ToArray());
        group.AddOffset(Stack.Of(group, [(1, f.Rank, b, a), (-1, f.Rank, b0, a0)]));
    }
}
