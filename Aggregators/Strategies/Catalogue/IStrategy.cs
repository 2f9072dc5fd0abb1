namespace Federated.Aggregators.Strategies.Catalogue;

/// <summary>
/// A named, stateless building block. Every non-abstract implementation in this assembly with a parameterless constructor is in the catalogue.
/// </summary>
public interface IStrategy
{
    /// <summary>Wire name, lower case with hyphens; unique among strategies of a kind.</summary>
    string Name { get; }

    /// <summary>One sentence for people.</summary>
    string Summary { get; }

    /// <summary>Where it can stand.</summary>
    IReadOnlyList<StrategyKind> Kinds { get; }

    /// <summary>What it can do.</summary>
    Capabilities Capabilities { get; }
}
