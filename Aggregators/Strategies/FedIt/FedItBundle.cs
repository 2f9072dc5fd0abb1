using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.FedIt;

sealed class FedItBundle : IBundle
{
    public string Name => "fedit";

    public string Summary => "Sample-weighted means of all factors and tensors.";

    public FoldSpec Parts => new() { Product = new("fedit") };
}
