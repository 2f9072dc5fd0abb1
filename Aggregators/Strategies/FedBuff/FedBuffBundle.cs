using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.FedBuff;

sealed class FedBuffBundle : IBundle
{
    public string Name => "fedbuff";

    public string Summary => "FedBuff: changes of products with staleness weights 1 / sqrt(1 + age), for asynchronous runs.";

    public FoldSpec Parts => new() { Weigher = new("staleness"), Product = new("fedbuff") };
}
