using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.Coordinates;

/// <summary>previous + reduce(the clients' differences), coordinate by coordinate.</summary>
sealed class CoordinateRule(Func<ReadOnlyMemory<float>, double> reduce) : IGroupRule
{
    public IEnumerable<SumRequest> Fold(GroupFold group)
    {
        var gather = new GatherCoordinates(reduce);
        yield return gather;
        for (var t = 0; t < group.Group.Tensors.Count; t++)
            group.Propose(t, group.Apply(t, gather.Results[t]));
    }
}
