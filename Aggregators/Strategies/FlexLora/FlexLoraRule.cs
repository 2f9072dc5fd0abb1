using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.FlexLora;

/// <summary>
/// M = sum p_k B_k A_k as the means' product and the covariance around it, both client sums; its best product of rank r is published, so that the first r_k rows and
/// columns are a client's best product of rank r_k.
/// </summary>
sealed class FlexLoraRule(BestProduct best) : IGroupRule
{
    public int Passes => 1 + best.Passes;

    public IEnumerable<SumRequest> Fold(GroupFold group)
    {
        var f = group.Factors;
        var means = new MeanDeltas();
        yield return means;
        var (a, b) = (group.Apply(f.Right, means.Sums[f.Right]), group.Apply(f.Left, means.Sums[f.Left]));
        foreach (var request in best.Propose(group, b, a, (x, width) => new RightSum(means, x, width), (y, width) => new LeftSum(means, y, width)))
            yield return request;
    }
}
