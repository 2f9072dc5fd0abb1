using Federated.Aggregators.Adapters;

namespace Federated.Aggregators.Strategies;

/// <summary>One accepted update. The client's value is by definition its start point plus the decoded delta, formed in fp64.</summary>
/// <param name="ClientId">Fold order is the ordinal order of these, then of <see cref="Assignment"/>; the pair is unique in a fold.</param>
/// <param name="Samples">Training examples that the client reported, 0 or more; ignored by weighers that do not use it.</param>
/// <param name="Layout">The client's full layout.</param>
/// <param name="Delta">Its decoded delta.</param>
public sealed record Contribution(string ClientId, double Samples, AdapterLayout Layout, IDeltaSource Delta)
{
    /// <summary>Tells several updates of one client in an asynchronous buffer apart; default empty.</summary>
    public string Assignment { get; init; } = "";

    /// <summary>Where the client started, over <see cref="Layout"/>; null means the previous version reshaped to <see cref="Layout"/>.</summary>
    public AdapterTensors? Start { get; init; }

    /// <summary>
    /// Versions published since the client's start point, 0 (when it is the previous one) or more. A stale update counts as a change against <see cref="Start"/>, which
    /// product groups then need; only strategies with <see cref="Catalogue.Capabilities.Asynchronous"/> fold it.
    /// </summary>
    public int Staleness { get; init; }
}
