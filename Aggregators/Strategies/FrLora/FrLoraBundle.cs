using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.FrLora;

sealed class FrLoraBundle : IBundle
{
    public string Name => "frlora";

    public string Summary => "FRLoRA with sample weights.";

    public FoldSpec Parts => new() { Product = new("frlora") };
}
