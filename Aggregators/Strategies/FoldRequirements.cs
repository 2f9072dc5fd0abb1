namespace Federated.Aggregators.Strategies;

/// <summary>What a run asks of its composition.</summary>
public sealed record FoldRequirements
{
    /// <summary>Central noise or secure aggregation is on, so that only linear sums over clients exist.</summary>
    public bool LinearSum { get; init; }

    /// <summary>Clients may have different ranks.</summary>
    public bool MixedRanks { get; init; }

    /// <summary>Clients may have started from different versions.</summary>
    public bool Asynchronous { get; init; }

    /// <summary>Clients of a round, 1 or more.</summary>
    public int Clients { get; init; } = 1;

    /// <summary>What a client may be sent a round, over the values of its factors; see <see cref="Catalogue.Capabilities.DownLink"/>.</summary>
    public double MaxDownLink { get; init; } = double.PositiveInfinity;

    /// <summary>Clients hold the base as it is: nothing can be added to it beside the adapter.</summary>
    public bool FixedBase { get; init; }

    /// <summary>Clients train without the strategy's state: nothing but the version and the round's settings reaches them.</summary>
    public bool PlainClients { get; init; }
}
