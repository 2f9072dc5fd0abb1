using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.HetLora;

sealed class HetLoraBundle : IBundle
{
    public string Name => "hetlora";

    public string Summary => "HetLoRA: zero-padded factors averaged with weights by product norm.";

    public FoldSpec Parts => new() { Weigher = new("hetlora"), Product = new("fedit") };
}
