using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.BalancedBa;

sealed class BalancedBaBundle : IBundle
{
    public string Name => "balanced-ba";

    public string Summary => "Balanced BA with sample weights.";

    public FoldSpec Parts => new() { Product = new("balanced-ba") };
}
