namespace Federated.Aggregators.Strategies.Catalogue;

/// <summary>What a strategy can do; checked when a run is created.</summary>
public sealed record Capabilities
{
    /// <summary>Only linear sums over clients are needed, so central noise and secure aggregation are possible.</summary>
    public bool LinearSum { get; init; }

    /// <summary>The published product equals sum p_k B_k A_k up to rounding.</summary>
    public bool Exact { get; init; }

    /// <summary>Clients may have different ranks.</summary>
    public bool MixedRanks { get; init; }

    /// <summary>Clients may have started from different versions.</summary>
    public bool Asynchronous { get; init; }

    /// <summary>The factors stay in one basis from round to round, so that server momentum on them has a meaning.</summary>
    public bool KeepsGauge { get; init; }

    /// <summary>The strategy works only where the basis is kept.</summary>
    public bool NeedsGauge { get; init; }

    /// <summary>The strategy publishes the clients' mean change, or corrects it in the same basis.</summary>
    public bool PublishesMeans { get; init; }

    /// <summary>The strategy works only where means are published.</summary>
    public bool NeedsMeans { get; init; }

    /// <summary>The strategy's state has to reach the clients, who correct their steps by it.</summary>
    public bool CorrectsClients { get; init; }

    /// <summary>Clients train and send one factor only, the other being shared by all.</summary>
    public bool NeedsSharedFactor { get; init; }

    /// <summary>Frozen factors are added to the version each round.</summary>
    public bool AddsOffsets { get; init; }

    /// <summary>What each client is sent a round; of rules for products.</summary>
    public DownLink DownLink { get; init; } = new(1, 0);
}
