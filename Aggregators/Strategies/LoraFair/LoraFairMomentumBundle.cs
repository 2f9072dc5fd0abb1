using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.LoraFair;

sealed class LoraFairMomentumBundle : IBundle
{
    public string Name => "lora-fair-momentum";

    public string Summary => "LoRA-FAIR with sample weights and server momentum 0.5 on the factors.";

    public FoldSpec Parts => new() { Product = new("lora-fair"), ServerOptimiser = new("fedavgm", """{"momentum":0.5}""") };
}
