using Federated.Aggregators.Adapters;
using Federated.Aggregators.Numerics;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.FedSvd;

/// <summary>B' A = U S V^T by two thin QRs; published U S and V^T. A product of rank below r keeps its A, since V^T would lack rows.</summary>
sealed class FedSvdRule : IGroupRule
{
    // Singular values below this share of the largest have no reliable direction.
    const double Negligible = 1e-10;

    public IReadOnlyList<string>? TrainedRoles(TensorGroup group, long round) => [group.Product!.Left];

    public IEnumerable<SumRequest> Fold(GroupFold group)
    {
        var f = group.Factors;
        var mean = new MeanDeltas();
        yield return mean;
        var b = group.Apply(f.Left, mean.Sums[f.Left]);
        group.Propose(f.Left, b);
        double[] a = [.. group.Previous(f.Right).ToArray().Select(x => (double)x)];
        var svd = FactoredSvd.Of(b, a, f.M, f.Rank, f.N);
        if (svd.S.Length < f.Rank || !(svd.S[f.Rank - 1] > Negligible * svd.S[0]))
        {
            group.Fallback = "BA has a rank below r, so A keeps its value";
            yield break;
        }
        group.Propose(f.Left, svd.Left(f.Rank, FactorPower.Whole));
        group.Propose(f.Right, svd.Right(f.Rank, FactorPower.None));
    }
}
