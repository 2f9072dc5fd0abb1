using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.FedExLora;

sealed class FedExLoraBundle : IBundle
{
    public string Name => "fedex-lora";

    public string Summary => "FedEx-LoRA with sample weights and the whole residual.";

    public FoldSpec Parts => new() { Product = new("fedex-lora") };
}
