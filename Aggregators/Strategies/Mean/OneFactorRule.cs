using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.Mean;

/// <summary>Averages one factor of a product and keeps the other, whatever clients may have sent for it.</summary>
/// <param name="trained">The role that is trained in a round.</param>
sealed class OneFactorRule(Func<ProductForm, long, string> trained) : IGroupRule
{
    public IReadOnlyList<string>? TrainedRoles(TensorGroup group, long round) => [trained(group.Product!, round)];

    public IEnumerable<SumRequest> Fold(GroupFold group)
    {
        var tensor = group.Group.Group.IndexOf(trained(group.Group.Group.Product!, group.Round));
        var mean = new MeanDeltas();
        yield return mean;
        group.Propose(tensor, group.Apply(tensor, mean.Sums[tensor]));
    }
}
