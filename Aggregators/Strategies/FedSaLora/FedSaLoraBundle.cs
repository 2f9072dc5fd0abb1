using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.FedSaLora;

sealed class FedSaLoraBundle : IBundle
{
    public string Name => "fedsa-lora";

    public string Summary => "FedSA-LoRA with sample weights.";

    public FoldSpec Parts => new() { Product = new("fedsa-lora") };
}
