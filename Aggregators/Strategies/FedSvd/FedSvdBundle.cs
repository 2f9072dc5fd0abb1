using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.FedSvd;

sealed class FedSvdBundle : IBundle
{
    public string Name => "fedsvd";

    public string Summary => "FedSVD with sample weights.";

    public FoldSpec Parts => new() { Product = new("fedsvd") };
}
