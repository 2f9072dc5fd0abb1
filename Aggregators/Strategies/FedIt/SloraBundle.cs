using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.FedIt;

/// <summary>SLoRA's second stage (arXiv 2308.06522) is FedIT from another start: the truncated change of a first stage on whole weights, which version 0 brings.</summary>
sealed class SloraBundle : IBundle
{
    public string Name => "slora";

    public string Summary => "SLoRA's second stage: FedIT on an adapter that starts from the first stage's change (adapter init --first-stage).";

    public FoldSpec Parts => new() { Product = new("fedit") };
}
