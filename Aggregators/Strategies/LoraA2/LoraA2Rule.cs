using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.LoraA2;

/// <summary>
/// Even rounds B, odd rounds A, the other factor being everybody's: each slice (column of B, row of A) is averaged over the clients that sent it; nobody's slices keep their value.
/// </summary>
sealed class LoraA2Rule : IGroupRule
{
    public IReadOnlyList<string>? TrainedRoles(TensorGroup group, long round) => [Trained(group.Product!, round)];

    public IEnumerable<SumRequest> Fold(GroupFold group)
    {
        var f = group.Factors;
        var tensor = group.Group.Group.IndexOf(Trained(group.Group.Group.Product!, group.Round));
        var (mean, mass) = (new MeanDeltas(), new RankMass(tensor));
        yield return mean;
        yield return mass;
        double[] sum = [.. mean.Sums[tensor]];
        for (var i = 0; i < sum.Length; i++)
        {
            var weight = mass.Sum[tensor == f.Left ? i % f.Rank : i / f.N];
            sum[i] = weight > 0 ? sum[i] / weight : 0;
        }
        group.Propose(tensor, group.Apply(tensor, sum));
    }

    // B first: it starts at zero, where A's gradient vanishes.
    static string Trained(ProductForm form, long round) => round % 2 == 0 ? form.Left : form.Right;
}
