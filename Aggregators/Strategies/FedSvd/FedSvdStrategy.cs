using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.FedSvd;

/// <summary>FedSVD (arXiv 2505.12805): B alone is trained; after averaging, A becomes the right singular vectors of BA, whose product is unchanged.</summary>
sealed class FedSvdStrategy : IGroupStrategy
{
    public string Name => "fedsvd";

    public string Summary => "Trains B only and re-orthonormalises A every round; exact, sum-only, made for private training.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.Product];

    public Capabilities Capabilities { get; } = new() { LinearSum = true, Exact = true, NeedsSharedFactor = true };

    public IGroupRule Configure(StrictObject options) => new FedSvdRule();
}
