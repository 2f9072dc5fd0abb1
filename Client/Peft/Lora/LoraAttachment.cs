using Federated.Aggregators.Adapters;
using Federated.Client.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Client.Peft.Lora;

/// <summary>The two thin products beside one frozen one.</summary>
sealed class LoraAttachment : IExampleAttachment, ILinearBranch
{
    readonly LinearSite _site;
    readonly Parameter _a;      // [r, in]
    readonly Parameter _b;      // [out, r]
    readonly float _scale;
    (long Examples, Tensor A, Tensor B)? _each;     // [examples, r, in], [examples, out, r]

    public LoraAttachment(LinearSite site, LayoutGroup group)
    {
        (_site, Group) = (site, group);
        Tensors = [.. group.Tensors.Select(GroupTensors.Zeros)];
        _a = GroupTensors.WithRole(this, group.Group.Product!.Right)!;
        _b = GroupTensors.WithRole(this, group.Group.Product!.Left)!;
        _scale = (float)group.Group.Product!.Scale(group.Plan.Rank);
        Enable();
    }

    public LayoutGroup Group { get; }

    public IReadOnlyList<Parameter> Tensors { get; }

    public bool CanMerge => true;

    public Tensor Apply(Tensor input, Tensor output) => _each is not { } each ? output.addmm(input.mm(_a.t()), _b.t(), 1, _scale)
        : output.add(input.reshape(each.Examples, -1, _site.InFeatures).matmul(each.A.transpose(-2, -1)).matmul(each.B.transpose(-2, -1)).reshape(output.shape), _scale);

    public IReadOnlyList<Tensor> Spread(long examples)
    {
        var spread = GroupTensors.Spread(this, examples);
        _each = (examples, GroupTensors.WithRole(this, spread, Group.Group.Product!.Right), GroupTensors.WithRole(this, spread, Group.Group.Product!.Left));
        return spread;
    }

    public void Gather() => _each = null;

    public void Enable() => _site.Add(this);

    public void Disable() => _site.Remove(this);

    public (Tensor? Weight, Tensor? Bias) EffectiveDelta()
    {
        using var frozen = no_grad();
        using var product = _b.mm(_a);
        return (product.mul(_scale), null);
    }

    public void Dispose()
    {
        Disable();
        _a.Dispose();
        _b.Dispose();
    }
}
