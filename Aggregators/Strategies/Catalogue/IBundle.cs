using Federated.Aggregators.Adapters;

namespace Federated.Aggregators.Strategies.Catalogue;

/// <summary>A named composition; every implementation in this assembly is in the catalogue.</summary>
public interface IBundle
{
    /// <summary>Wire name, unique among bundles.</summary>
    string Name { get; }

    /// <summary>One sentence for people.</summary>
    string Summary { get; }

    /// <summary>Its parts; absent ones take the defaults of <see cref="FoldSpec"/>.</summary>
    FoldSpec Parts { get; }

    /// <summary>Why an adapter of this schema is not what the bundle is made for, one sentence; null when it is.</summary>
    string? Refusal(AdapterSchema schema) => null;
}
