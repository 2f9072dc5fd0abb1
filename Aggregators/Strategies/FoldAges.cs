using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies;

/// <summary>Stale changes, and steps that they shorten, are only for strategies made for them.</summary>
static class FoldAges
{
    public static void Require(Composition composition, IReadOnlyList<Contribution> contributions, AdapterLayout layout, bool shortened)
    {
        var stale = contributions.FirstOrDefault(c => c.Staleness > 0);
        if (stale is null && !shortened)
            return;
        var why = stale is null ? "the weigher shortens the step" : $"client '{stale.ClientId}' started {stale.Staleness} versions ago";
        foreach (var (kind, strategy) in composition.Strategies.Where(s => CapabilityCheck.IsUsed(s.Key, layout.Schema)).OrderBy(s => s.Key))
        {
            if (!strategy.Capabilities.Asynchronous)
                throw new FoldRefusedException($"{kind} strategy '{strategy.Name}' needs all clients to start from the previous version, in full; {why}.");
        }
        if (layout.Groups.Any(g => g.Group.Product is not null) && contributions.FirstOrDefault(c => c is { Staleness: > 0, Start: null }) is { } lost)
            throw new FoldRefusedException($"Client '{lost.ClientId}' started {lost.Staleness} versions ago; product groups need its start point.");
    }
}
