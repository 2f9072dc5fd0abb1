using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.Staleness;

/// <summary>Sample weights that fall with the age of a client's start point (FedAsync, arXiv 1903.03934; FedBuff, arXiv 2106.06639).</summary>
sealed class StalenessStrategy : IWeigherStrategy
{
    static readonly string[] Decays = ["constant", "threshold", "polynomial"];

    public string Name => "staleness";

    public string Summary => "Sample weights times a factor that falls with the age of the client's start point; a stale buffer takes a shorter step.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.Weigher];

    public Capabilities Capabilities { get; } = new() { Exact = true, LinearSum = true, MixedRanks = true, Asynchronous = true, KeepsGauge = true };

    public IWeigher Configure(StrictObject options) => new StalenessWeigher(new StalenessDecay(
        options.Choice("decay", Decays, "polynomial"), options.Number("exponent", 0, 100, 0.5), (int)options.Integer("threshold", 0, int.MaxValue, 4), options.Number("beyond", 0, 1, 0)),
        (int)options.Integer("typical_age", 0, 1_000_000, 0));
}
