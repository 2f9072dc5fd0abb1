using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies;

/// <summary>A run's strategies, configured. Immutable; made by <see cref="StrategyCatalog.Compose"/>.</summary>
public sealed class Composition
{
    internal Composition(IReadOnlyDictionary<StrategyKind, IStrategy> strategies, IWeigher weigher, IReadOnlyDictionary<Algebra, IGroupRule> rules, IServerOptimiser serverOptimiser) =>
        (Strategies, Weigher, Rules, ServerOptimiser) = (strategies, weigher, rules, serverOptimiser);

    /// <summary>The strategies by kind.</summary>
    public IReadOnlyDictionary<StrategyKind, IStrategy> Strategies { get; }

    internal IWeigher Weigher { get; }

    internal IReadOnlyDictionary<Algebra, IGroupRule> Rules { get; }

    internal IServerOptimiser ServerOptimiser { get; }
}
