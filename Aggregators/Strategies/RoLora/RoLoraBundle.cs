using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.RoLora;

sealed class RoLoraBundle : IBundle
{
    public string Name => "rolora";

    public string Summary => "RoLoRA with sample weights.";

    public FoldSpec Parts => new() { Product = new("rolora") };
}
