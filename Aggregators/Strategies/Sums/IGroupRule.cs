using Federated.Aggregators.Adapters;

namespace Federated.Aggregators.Strategies.Sums;

/// <summary>Combines one group. Immutable and safe for concurrent use.</summary>
public interface IGroupRule
{
    /// <summary>
    /// Yields what it wants to know of the clients, one request after another; a request is filled when the enumeration goes on. Ends after calling
    /// <see cref="GroupFold.Propose"/> for each tensor that changes. So a rule never sees who sums: the local fold, noise after each sum, or a protocol that
    /// reveals sums only.
    /// </summary>
    IEnumerable<SumRequest> Fold(GroupFold group);

    /// <summary>Most requests that <see cref="Fold"/> yields, 1 or more: each costs privacy of its own where sums are disturbed.</summary>
    int Passes => 1;

    /// <summary>Whether an <see cref="ISumMechanism"/> knows how to bound a client's term in each of the requests.</summary>
    bool CanBeBounded => true;

    /// <summary>The roles of a group that clients train in a round, or null for those of the plan.</summary>
    IReadOnlyList<string>? TrainedRoles(TensorGroup group, long round) => null;
}
