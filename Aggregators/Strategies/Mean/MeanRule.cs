using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.Mean;

/// <summary>theta + sum_k p_k (theta_k - theta), each tensor by itself.</summary>
sealed class MeanRule : IGroupRule
{
    public IEnumerable<SumRequest> Fold(GroupFold group)
    {
        var mean = new MeanDeltas();
        yield return mean;
        for (var t = 0; t < group.Group.Tensors.Count; t++)
            group.Propose(t, group.Apply(t, mean.Sums[t]));
    }
}
