using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies.Catalogue;
using Federated.Aggregators.Strategies.Sums;

namespace Federated.Aggregators.Strategies.FlexLora;

/// <summary>FlexLoRA (arXiv 2402.11505): the mean product's best approximation of rank r, by a randomised SVD of which every step is a client sum.</summary>
sealed class FlexLoraStrategy : IGroupStrategy
{
    static readonly string[] Balances = ["left", "even"];

    public string Name => "flexlora";

    public string Summary => "Best rank-r product of the mean update, by randomised SVD on factors; sum-only, any ranks.";

    public IReadOnlyList<StrategyKind> Kinds => [StrategyKind.Product];

    public Capabilities Capabilities { get; } = new() { LinearSum = true, MixedRanks = true };

    public IGroupRule Configure(StrictObject options) => new FlexLoraRule(new BestProduct(
        (int)options.Integer("oversampling", 0, 1024, 10), (int)options.Integer("power_iterations", 0, 16, 2), options.Choice("balance", Balances, "left") == "even"));
}
