using Federated.Aggregators.Strategies;
using Federated.Privacy.Accounting;
using Federated.Privacy.Mechanisms;

namespace Federated.Server.Privacy;

/// <summary>A run's privacy section: where noise is added, for whom, how much, and what may be spent.</summary>
/// <param name="At">Who adds the noise.</param>
/// <param name="Unit">Whose participation is protected.</param>
/// <param name="Noise">Bounds and noise multipliers.</param>
/// <param name="Budget">What may be spent.</param>
sealed record PrivacySettings(NoisePlace At, PrivacyUnit Unit, CentralNoiseSettings Noise, PrivacyBudget Budget)
{
    /// <summary>Whether the server adds noise to its sums.</summary>
    public bool IsCentral => At == NoisePlace.Server;

    /// <summary>Whether the server can count what is spent: a record's cost is known to its site alone.</summary>
    public bool IsCountedHere => Unit == PrivacyUnit.Client;

    /// <summary>What one published round costs a client that took part.</summary>
    public PrivacyEvent Event(FoldSpec strategy) =>
        Noise.Event(IsCentral ? StrategyCatalog.Default.Compose(strategy).Passes([Aggregators.Adapters.Algebra.Product, Aggregators.Adapters.Algebra.Affine, Aggregators.Adapters.Algebra.Opaque]) : 1);
}

enum NoisePlace
{
    Server,
    Site,
}

enum PrivacyUnit
{
    Client,
    Record,
}
