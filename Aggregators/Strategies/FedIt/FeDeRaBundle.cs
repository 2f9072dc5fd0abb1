using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.FedIt;

/// <summary>FeDeRA (arXiv 2404.18848) is FedIT from another start: the base's principal factors, which version 0 brings (method pissa).</summary>
sealed class FeDeRaBundle : IBundle
{
    public string Name => "federa";

    public string Summary => "FeDeRA: FedIT on an adapter that starts from the base's principal factors (method pissa).";

    public FoldSpec Parts => new() { Product = new("fedit") };
}
