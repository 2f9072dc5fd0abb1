using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.FlexLora;

sealed class FlexLoraBundle : IBundle
{
    public string Name => "flexlora";

    public string Summary => "FlexLoRA with sample weights.";

    public FoldSpec Parts => new() { Product = new("flexlora") };
}
