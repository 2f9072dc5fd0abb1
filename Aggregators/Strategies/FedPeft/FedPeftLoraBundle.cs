using Federated.Aggregators.Adapters;

namespace Federated.Aggregators.Strategies.FedPeft;

sealed class FedPeftLoraBundle() : FedPeftBundle("lora", "LoRA factors and head, each factor by itself", g => g.Algebra == Algebra.Product)
{
    public override FoldSpec Parts => base.Parts with { Product = new("fedit") };
}
