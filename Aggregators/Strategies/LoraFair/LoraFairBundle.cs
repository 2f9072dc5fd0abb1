using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.LoraFair;

sealed class LoraFairBundle : IBundle
{
    public string Name => "lora-fair";

    public string Summary => "LoRA-FAIR with sample weights.";

    public FoldSpec Parts => new() { Product = new("lora-fair") };
}
