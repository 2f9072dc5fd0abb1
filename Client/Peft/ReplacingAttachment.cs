using Federated.Aggregators.Adapters;
using Federated.Client.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Client.Peft;

/// <summary>A trained weight, bias or both in the place of the frozen ones. The forward pass costs what the base's costs, so there is nothing to merge.</summary>
sealed class ReplacingAttachment : IGroupAttachment
{
    readonly WeightSite _site;
    readonly Parameter? _weight;
    readonly Parameter? _bias;

    public ReplacingAttachment(WeightSite site, LayoutGroup group)
    {
        (_site, Group) = (site, group);
        Tensors = [.. group.Tensors.Select(GroupTensors.Zeros)];
        _weight = GroupTensors.WithRole(this, ReplacingMethod.RoleWeight);
        _bias = GroupTensors.WithRole(this, ReplacingMethod.RoleBias);
        Enable();
    }

    public LayoutGroup Group { get; }

    public IReadOnlyList<Parameter> Tensors { get; }

    public bool CanMerge => false;

    public void Enable() => _site.Replace(_weight, _bias);

    public void Disable() => _site.Restore(_weight, _bias);

    public (Tensor? Weight, Tensor? Bias) EffectiveDelta()
    {
        using var frozen = no_grad();
        return (_weight?.sub(_site.Weight), _bias?.sub(_site.Bias!));
    }

    public void Dispose()
    {
        Disable();
        _weight?.Dispose();
        _bias?.Dispose();
    }
}
