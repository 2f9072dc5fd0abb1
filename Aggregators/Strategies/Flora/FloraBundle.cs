using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.Flora;

sealed class FloraBundle : IBundle
{
    public string Name => "flora";

    public string Summary => "FLoRA with sample weights.";

    public FoldSpec Parts => new() { Product = new("flora") };
}
