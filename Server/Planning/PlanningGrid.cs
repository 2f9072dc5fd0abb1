namespace Federated.Server.Planning;

/// <summary>What is enumerated, and what it must stay under.</summary>
public sealed record PlanningGrid
{
    public IReadOnlyList<int> Ranks { get; init; } = [2, 4, 8, 16, 32];

    public IReadOnlyList<int> Batches { get; init; } = [1, 2, 4, 8, 16, 32];

    /// <summary>Bits per weight of the frozen base.</summary>
    public IReadOnlyList<int> BaseBits { get; init; } = [32, 8, 4];

    /// <summary>Share of a device's memory that a plan may use.</summary>
    public double MemoryShare { get; init; } = 0.9;

    /// <summary>Seconds that a round may take: passes over the data and both transfers.</summary>
    public required double DeadlineSeconds { get; init; }

    /// <summary>Passes over a site's data in a round.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Bytes a trained scalar takes on the wire, one way.</summary>
    public int BytesPerScalar { get; init; } = 4;
}
