using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.FedBuff;

/// <summary>FedBuff (arXiv 2106.06639) on products: stale changes are combined as products against their own start points and refactored.</summary>
sealed class FedBuffStrategy : IGroupStrategy
{
    static readonly string[] Balances = ["even", "left"];

    public string Name => "fedbuff";

    public string Summary => "Adds the clients' changes as products, each against the version it started from, and refactors; sum-only, any ranks, for asynchronous runs.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.Product];

    public Capabilities Capabilities { get; } = new() { LinearSum = true, MixedRanks = true, Asynchronous = true };

    public IGroupRule Configure(StrictObject options) => new FedBuffRule(new BestProduct(
        (int)options.Integer("oversampling", 0, 1024, 10), (int)options.Integer("power_iterations", 0, 16, 2), options.Choice("balance", Balances, "even") == "even"));
}
