using Federated.Aggregators.Adapters;
using Federated.Client.Faults;
using Federated.Client.Models;

namespace Federated.Client.Peft.LayerNorm;

/// <summary>Trains weight and bias of every normalisation (peft's LN tuning; Zhao et al., arXiv 2312.11420).</summary>
public sealed class LayerNormMethod : ReplacingMethod
{
    public const string WireName = "layernorm";

    public override string Name => WireName;

    public override MethodDescription Describe(IFoundationModel model, MethodOptions options)
    {
        options.Done();
        TensorGroup[] groups = [.. model.Sites.OfType<WeightSite>().Where(s => s.Site.Kind == SiteKind.Norm).Select(s => Group(s, s.Path))];
        return groups.Length > 0 ? new MethodDescription(groups)
            : throw ClientFaults.Method($"Method '{Name}' needs a model with norms; model_type '{model.ModelType}' has none.");
    }

    public override bool Handles(TensorGroup group) =>
        group is { Algebra: Algebra.Affine, Site.Kind: SiteKind.Norm } && group.Tensors.Any(t => t.Role == RoleWeight);
}
