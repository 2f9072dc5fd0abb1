using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.MaskedMean;

/// <summary>theta + sum_k p_k m_k (theta_k - theta) / sum_k p_k m_k, element by element, m_k being 1 where client k sent the element; nobody's elements keep their value.</summary>
sealed class MaskedMeanRule : IGroupRule
{
    public IEnumerable<SumRequest> Fold(GroupFold group)
    {
        var (mean, mass) = (new MeanDeltas(), new ElementMass());
        yield return mean;
        yield return mass;
        for (var t = 0; t < group.Group.Tensors.Count; t++)
        {
            var (sum, weight) = (mean.Sums[t], mass.Sums[t]);
            for (var i = 0; i < sum.Length; i++)
                sum[i] = weight[i] > 0 ? sum[i] / weight[i] : 0;
            group.Propose(t, group.Apply(t, sum));
        }
    }
}
