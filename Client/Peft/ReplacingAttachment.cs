using Federated.Aggregators.Adapters;
using Federated.Client.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Client.Peft;

/// <summary>A trained weight, bias or both in the place of the frozen ones. The forward pass costs what the base's costs, so there is nothing to merge.</summary>
sealed class ReplacingAttachment : IExampleAttachment
{
    readonly WeightSite _site;
    readonly Parameter? _weight;
    readonly Parameter? _bias;
    Tensor? _nowWeight, _nowBias;

    public ReplacingAttachment(WeightSite site, LayoutGroup group)
    {
        (_site, Group) = (site, group);
        Tensors = [.. group.Tensors.Select(GroupTensors.Zeros)];
        _weight = GroupTensors.WithRole(this, ReplacingMethod.RoleWeight);
        _bias = GroupTensors.WithRole(this, ReplacingMethod.RoleBias);
        (_nowWeight, _nowBias) = (_weight, _bias);
        Enable();
    }

    public LayoutGroup Group { get; }

    public IReadOnlyList<Parameter> Tensors { get; }

    public bool CanMerge => false;

    /// <summary>A product of its own alone: norms, tables and the parts of a fused product take one tensor for all.</summary>
    public bool CanSpread => _site is LinearSite { IsFused: false };

    public void Enable() => _site.Replace(_nowWeight, _nowBias);

    public void Disable() => _site.Restore(_nowWeight, _nowBias);

    public IReadOnlyList<Tensor> Spread(long examples)
    {
        var spread = GroupTensors.Spread(this, examples);
        Tensor? Of(Parameter? own, string role) => own is null ? null : GroupTensors.WithRole(this, spread, role);
        Use(Of(_weight, ReplacingMethod.RoleWeight), Of(_bias, ReplacingMethod.RoleBias));
        return spread;
    }

    public void Gather() => Use(_weight, _bias);

    void Use(Tensor? weight, Tensor? bias)
    {
        Disable();
        (_nowWeight, _nowBias) = (weight, bias);
        Enable();
    }

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
