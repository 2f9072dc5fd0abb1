namespace Federated.Aggregators.Strategies.Catalogue;

/// <summary>The place of a strategy in a composition.</summary>
public enum StrategyKind
{
    /// <summary>Gives each client its weight.</summary>
    Weigher,
    /// <summary>Combines product groups.</summary>
    Product,
    /// <summary>Combines affine groups.</summary>
    Affine,
    /// <summary>Combines opaque groups.</summary>
    Opaque,
    /// <summary>Replays seed-trace groups.</summary>
    SeedTrace,
    /// <summary>Turns the combined change into the published one.</summary>
    ServerOptimiser,
}
