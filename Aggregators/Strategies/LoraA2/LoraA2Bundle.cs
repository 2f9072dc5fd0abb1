using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.LoraA2;

sealed class LoraA2Bundle : IBundle
{
    public string Name => "lora-a2";

    public string Summary => "LoRA-A2 with sample weights; other groups are masked means.";

    public FoldSpec Parts => new() { Product = new("lora-a2"), Affine = new("masked-mean"), Opaque = new("masked-mean") };
}
