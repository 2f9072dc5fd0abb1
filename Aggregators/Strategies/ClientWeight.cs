namespace Federated.Aggregators.Strategies;

/// <summary>The weights that one client got.</summary>
/// <param name="ClientId">The client.</param>
/// <param name="Groups">
/// Per group of the layout; contributors of a group sum to 1, or under a weigher that shortens the step to less (see <see cref="IWeigher.Whole"/>); others have 0.
/// </param>
public sealed record ClientWeight(string ClientId, IReadOnlyList<double> Groups)
{
    /// <summary>See <see cref="Contribution.Assignment"/>.</summary>
    public string Assignment { get; init; } = "";
}
