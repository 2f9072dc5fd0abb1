using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.FedSb;

sealed class FedSbBundle : IBundle
{
    public string Name => "fed-sb";

    public string Summary => "Fed-SB with sample weights.";

    public FoldSpec Parts => new() { Affine = new("fed-sb") };
}
