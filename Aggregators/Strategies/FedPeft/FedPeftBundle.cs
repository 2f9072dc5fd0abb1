using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.FedPeft;

/// <summary>FedPEFT (Sun et al., arXiv 2210.01708): only a small set of tensors travels, and the server averages it with sample weights. The sets differ; the rule does not.</summary>
abstract class FedPeftBundle(string set, string trained) : IBundle
{
    public string Name => $"fedpeft-{set}";

    public string Summary => $"FedPEFT: sample-weighted means of {trained}.";

    public FoldSpec Parts => new() { Weigher = new("samples"), Product = new("fedit"), Affine = new("mean"), Opaque = new("mean"), ServerOptimiser = new("none") };
}
