using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.FedBuff;

/// <summary>
/// B' A' = best product of rank r of B_t A_t + sum_k w_k (B_k A_k - B_v A_v), v being the version that client k started from. Every change is a product of rank 2r by
/// itself, so it does not matter which basis a version's factors were in.
/// </summary>
sealed class FedBuffRule(BestProduct best) : IGroupRule
{
    public bool CanBeBounded => false;

    public IEnumerable<SumRequest> Fold(GroupFold group)
    {
        var f = group.Factors;
        double[] b = [.. group.Previous(f.Left).ToArray().Select(v => (double)v)];
        double[] a = [.. group.Previous(f.Right).ToArray().Select(v => (double)v)];
        return best.Propose(group, b, a, (x, width) => new RightChange(x, width), (y, width) => new LeftChange(y, width));
    }
}
