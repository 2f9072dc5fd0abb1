using Federated.Aggregators.Adapters;
using Federated.Client.Models;

namespace Federated.Client.Peft.Full;

/// <summary>
/// Trains every tensor of the base outside its head: the yardstick of FedPEFT's comparisons, not a way to save anything.
/// Groups at norms are layernorm's.
/// </summary>
public sealed class FullMethod : ReplacingMethod
{
    public const string WireName = "full";

    public override string Name => WireName;

    public override MethodDescription Describe(IFoundationModel model, MethodOptions options)
    {
        options.Done();
        return new MethodDescription([.. model.Sites.OfType<WeightSite>().Where(s => s.Site.Kind != SiteKind.Head).Select(s => Group(s, s.Path))]);
    }

    public override bool Handles(TensorGroup group) =>
        group is { Algebra: Algebra.Affine, Site.Kind: SiteKind.Linear or SiteKind.Embedding } && group.Tensors.Any(t => t.Role == RoleWeight);
}
