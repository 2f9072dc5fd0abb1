using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Client.Faults;
using Federated.Client.Models;

namespace Federated.Client.Peft;

/// <summary>Methods that train tensors of the base itself: they start as the base's, stand in its place, and travel as they are.</summary>
public abstract class ReplacingMethod : IPeftMethod
{
    internal const string RoleWeight = "weight", RoleBias = "bias";

    public abstract string Name { get; }

    public abstract MethodDescription Describe(IFoundationModel model, MethodOptions options);

    public abstract bool Handles(TensorGroup group);

    /// <summary>Which of a site's tensors are trained.</summary>
    private protected virtual IEnumerable<string> Roles(WeightSite site) => site.Bias is null ? [RoleWeight] : [RoleWeight, RoleBias];

    public long Count(ModelSite site, TensorGroup group, int rank) => Roles((WeightSite)site).Sum(r => Frozen((WeightSite)site, r)!.numel());

    public OffsetFactor? Initialise(ModelSite site, LayoutGroup group, AdapterTensors values, ulong seed)
    {
        foreach (var tensor in group.Tensors)
            TensorValues.Read(Frozen((WeightSite)site, tensor.Role)!, values[tensor]);
        return null;
    }

    public void Check(ModelSite site, LayoutGroup group)
    {
        if (site is not WeightSite place)
            throw ClientFaults.Adapter($"Group '{group.Group.Name}' trains tensors of '{site.Path}', which has none of its own.");
        foreach (var tensor in group.Tensors)
        {
            var own = Frozen(place, tensor.Role)?.shape
                ?? throw ClientFaults.Adapter($"Group '{group.Group.Name}' has a tensor of role '{tensor.Role}' that the model's '{site.Path}' lacks.");
            if (!own.SequenceEqual(tensor.Shape.Select(s => (long)s)))
                throw ClientFaults.Adapter($"Tensor '{tensor.Name}' has shape [{string.Join(", ", tensor.Shape)}]; the model's is [{string.Join(", ", own)}].");
        }
    }

    public IGroupAttachment Attach(ModelSite site, LayoutGroup group) => new ReplacingAttachment((WeightSite)site, group);

    /// <summary>The group of one site.</summary>
    /// <param name="site">Where.</param>
    /// <param name="name">Of the group.</param>
    /// <param name="privacy">What its update reveals.</param>
    private protected TensorGroup Group(WeightSite site, string name, PrivacyClass privacy = PrivacyClass.Weights) =>
        new(name, site.Site, Algebra.Affine, [.. Roles(site).Select(r => Spec(site, r))]) { Privacy = privacy };

    static TensorSpec Spec(WeightSite site, string role) => new(
        $"base_model.model.{(role == RoleWeight ? site.WeightName : site.BiasName)}", role,
        [.. Frozen(site, role)!.shape.Select(s => Axis.Of((int)s))]);

    static TorchSharp.torch.Tensor? Frozen(WeightSite site, string role) => role switch
    {
        RoleWeight => site.Weight,
        RoleBias => site.Bias,
        _ => null,
    };
}
