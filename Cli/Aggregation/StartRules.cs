using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Cli.Aggregation;

/// <summary>What a strategy needs of the version that the clients started from.</summary>
static class StartRules
{
    /// <summary>
    /// Without a start, deltas are taken from zeros. That has no meaning where a factor is not averaged but kept from the start, nor for a server optimiser, whose step
    /// is a function of the change.
    /// </summary>
    public static void Require(Composition composition, CommonSchema schema, bool hasStart, long round)
    {
        if (hasStart) return;
        var layout = AdapterLayout.Of(schema.Schema, composition.PlanFor(schema.Schema, schema.Ranks, round));
        if (layout.Tensors.FirstOrDefault(t => !t.Trained) is { } kept)
            throw Refused.Words($"Product strategy '{Product(composition)}' keeps {kept.Role} of the version that the clients started from; name it with --previous.");
        if (composition.Strategies[StrategyKind.ServerOptimiser] is { Capabilities.NeedsGauge: true } optimiser)
            throw Refused.Words($"Server optimiser '{optimiser.Name}' acts on the change since the version that the clients started from; name it with --previous.");
    }

    /// <summary>Rules that average one factor are exact only while the other is everybody's.</summary>
    public static void RequireShared(Composition composition, AdapterTensors delta, string client)
    {
        if (!composition.Strategies[StrategyKind.Product].Capabilities.NeedsSharedFactor) return;
        foreach (var tensor in delta.Layout.Tensors.Where(t => !t.Trained))
        {
            if (delta[tensor].ContainsAnyExcept(0f))
                throw Refused.Combining($"Adapter '{client}' changed tensor '{tensor.Name}', which product strategy '{Product(composition)}' needs equal to the previous version's.");
        }
    }

    static string Product(Composition composition) => composition.Strategies[StrategyKind.Product].Name;
}
