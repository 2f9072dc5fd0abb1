using Federated.Aggregators.Adapters;
using Federated.Client.Faults;
using Federated.Client.Models;

namespace Federated.Client.Peft.Head;

/// <summary>Trains the classifier itself: weight and bias start as the base's and are aggregated as they are (peft's modules_to_save).</summary>
public sealed class HeadMethod : IPeftMethod
{
    public const string WireName = "head";
    internal const string RoleWeight = "weight", RoleBias = "bias";

    public string Name => WireName;

    public MethodDescription Describe(IFoundationModel model, MethodOptions options)
    {
        options.Done();
        TensorGroup[] groups = [.. model.Sites.Where(s => s.Site.Kind == SiteKind.Head).Select(Group)];
        return groups.Length > 0 ? new MethodDescription(groups)
            : throw ClientFaults.Method($"Method '{Name}' needs a model with a head; model_type '{model.ModelType}' has none.");
    }

    public bool Handles(TensorGroup group) => group is { Algebra: Algebra.Affine, Site.Kind: SiteKind.Head };

    public long Count(LinearSite site, int rank) => (long)site.OutFeatures * site.InFeatures + (site.Bias is null ? 0 : site.OutFeatures);

    public void Initialise(LinearSite site, LayoutGroup group, AdapterTensors values, ulong seed)
    {
        foreach (var tensor in group.Tensors)
            TensorValues.Read(tensor.Role == RoleWeight ? site.Weight : site.Bias!, values[tensor]);
    }

    public void Check(LinearSite site, LayoutGroup group)
    {
        foreach (var tensor in group.Tensors)
        {
            long[] own = tensor.Role switch
            {
                RoleWeight => site.Weight.shape,
                RoleBias when site.Bias is not null => site.Bias.shape,
                _ => throw ClientFaults.Adapter($"Group '{group.Group.Name}' has a tensor of role '{tensor.Role}' that the model's '{site.Path}' lacks."),
            };
            if (!own.SequenceEqual(tensor.Shape.Select(s => (long)s)))
                throw ClientFaults.Adapter($"Tensor '{tensor.Name}' has shape [{string.Join(", ", tensor.Shape)}]; the model's is [{string.Join(", ", own)}].");
        }
    }

    public IGroupAttachment Attach(LinearSite site, LayoutGroup group) => new HeadAttachment(site, group);

    static TensorGroup Group(LinearSite site)
    {
        List<TensorSpec> tensors = [new($"base_model.model.{site.Path}.weight", RoleWeight, [site.OutFeatures, site.InFeatures])];
        if (site.Bias is not null)
            tensors.Add(new($"base_model.model.{site.Path}.bias", RoleBias, [site.OutFeatures]));
        return new TensorGroup(site.Path, site.Site, Algebra.Affine, tensors) { Privacy = PrivacyClass.TouchedRows };
    }
}
