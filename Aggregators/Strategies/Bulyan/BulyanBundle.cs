using Federated.Aggregators.Strategies.Catalogue;

namespace Federated.Aggregators.Strategies.Bulyan;

sealed class BulyanBundle : IBundle
{
    public string Name => "bulyan";

    public string Summary => "Bulyan in every part; f must be the same in each.";

    public FoldSpec Parts => new() { Weigher = new("bulyan"), Product = new("bulyan"), Affine = new("bulyan"), Opaque = new("bulyan") };
}
