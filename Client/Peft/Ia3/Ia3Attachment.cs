using Federated.Aggregators.Adapters;
using Federated.Client.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Client.Peft.Ia3;

/// <summary>Factors on a matrix product's output or input.</summary>
sealed class Ia3Attachment : IExampleAttachment, ILinearBranch
{
    readonly LinearSite _site;
    readonly Parameter _scale;
    readonly bool _onInput;
    Tensor? _each;      // [examples, 1, n]

    public Ia3Attachment(LinearSite site, LayoutGroup group)
    {
        (_site, Group) = (site, group);
        Tensors = [.. group.Tensors.Select(GroupTensors.Zeros)];
        _scale = Tensors[0];
        _onInput = group.Tensors[0].Role == Ia3Method.RoleInput;
        Enable();
    }

    public LayoutGroup Group { get; }

    public IReadOnlyList<Parameter> Tensors { get; }

    public bool CanMerge => true;

    public Tensor Prepare(Tensor input) => _onInput ? Scale(input) : input;

    public Tensor Apply(Tensor input, Tensor output) => _onInput ? output : Scale(output);

    Tensor Scale(Tensor values) => _each is null ? values.mul(_scale.view(1, -1))
        : values.reshape(_each.shape[0], -1, _each.shape[2]).mul(_each).reshape(values.shape);

    public IReadOnlyList<Tensor> Spread(long examples)
    {
        var spread = GroupTensors.Spread(this, examples);
        // A scale that the plan freezes stays one for all.
        _each = _scale.requires_grad ? spread[0].view(examples, 1, -1) : null;
        return spread;
    }

    public void Gather() => _each = null;

    public void Enable() => _site.Add(this);

    public void Disable() => _site.Remove(this);

    /// <summary>diag(l - 1) W and (l - 1) b on the output, W diag(l - 1) on the input.</summary>
    public (Tensor? Weight, Tensor? Bias) EffectiveDelta()
    {
        using var frozen = no_grad();
        using var change = _scale.sub(1);
        if (_onInput)
            return (_site.CurrentWeight.mul(change), null);
        using var flat = change.view(-1);
        return (_site.CurrentWeight.mul(change), _site.CurrentBias?.mul(flat));
    }

    public void Dispose()
    {
        Disable();
        _scale.Dispose();
    }
}
