using Federated.Aggregators.Adapters;
using Federated.Client.Faults;
using Federated.Client.Models;

namespace Federated.Client.Peft.Head;

/// <summary>Trains the classifier itself: weight and bias start as the base's and are aggregated as they are (peft's modules_to_save).</summary>
public sealed class HeadMethod : ReplacingMethod
{
    public const string WireName = "head";

    public override string Name => WireName;

    public override MethodDescription Describe(IFoundationModel model, MethodOptions options)
    {
        options.Done();
        TensorGroup[] groups = [.. model.Sites.OfType<LinearSite>().Where(s => s.Site.Kind == SiteKind.Head).Select(s => Group(s, s.Path, PrivacyClass.TouchedRows))];
        return groups.Length > 0 ? new MethodDescription(groups)
            : throw ClientFaults.Method($"Method '{Name}' needs a model with a head; model_type '{model.ModelType}' has none.");
    }

    public override bool Handles(TensorGroup group) => group is { Algebra: Algebra.Affine, Site.Kind: SiteKind.Head };
}
