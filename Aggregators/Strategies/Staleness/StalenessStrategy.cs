using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.Staleness;

/// <summary>Sample weights that fall with the age of a client's start point (FedAsync, arXiv 1903.03934; FedBuff, arXiv 2106.06639).</summary>
sealed class StalenessStrategy : IWeigherStrategy
{
    static readonly string[] Decays = ["constant", "threshold", "polynomial"];

    public string Name => "staleness";

    public string Summary => "Sample weights times a factor that falls with the age of the client's start point.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.Weigher];

    public Capabilities Capabilities { get; } = new() { LinearSum = true, MixedRanks = true, Asynchronous = true, KeepsGauge = true };

    public IWeigher Configure(StrictObject options) => new StalenessWeigher(
        options.Choice("decay", Decays, "polynomial"), options.Number("exponent", 0, 100, 0.5), (int)options.Integer("threshold", 0, int.MaxValue, 4));
}
