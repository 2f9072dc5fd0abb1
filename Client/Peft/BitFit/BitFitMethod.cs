using Federated.Aggregators.Adapters;
using Federated.Client.Faults;
using Federated.Client.Models;

namespace Federated.Client.Peft.BitFit;

/// <summary>BitFit (Ben Zaken et al., arXiv 2106.10199): trains every bias of the base outside its head, of matrices, norms and the patch projection.</summary>
public sealed class BitFitMethod : ReplacingMethod
{
    public const string WireName = "bitfit";

    public override string Name => WireName;

    public override MethodDescription Describe(IFoundationModel model, MethodOptions options)
    {
        options.Done();
        TensorGroup[] groups = [.. model.Sites.OfType<WeightSite>().Where(s => s.Site.Kind != SiteKind.Head && s.Bias is not null).Select(s => Group(s, s.BiasName))];
        return groups.Length > 0 ? new MethodDescription(groups)
            : throw ClientFaults.Method($"Method '{Name}' needs a model with biases; model_type '{model.ModelType}' has none.");
    }

    public override bool Handles(TensorGroup group) =>
        group is { Algebra: Algebra.Affine, Site.Kind: SiteKind.Linear or SiteKind.Norm or SiteKind.Embedding, Tensors: [{ Role: RoleBias }] };

    private protected override IEnumerable<string> Roles(WeightSite site) => [RoleBias];
}
