using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.FfaLora;

sealed class FfaLoraBundle : IBundle
{
    public string Name => "ffa-lora";

    public string Summary => "FFA-LoRA with sample weights.";

    public FoldSpec Parts => new() { Product = new("ffa-lora") };
}
