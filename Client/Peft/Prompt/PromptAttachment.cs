using Federated.Aggregators.Adapters;
using Federated.Client.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Client.Peft.Prompt;

/// <summary>Vectors beside the tokens; no change of a weight has their effect.</summary>
sealed class PromptAttachment : IExampleAttachment
{
    readonly PromptSite _site;
    Tensor _now;        // [m, width], or [examples, m, width]

    public PromptAttachment(PromptSite site, LayoutGroup group)
    {
        (_site, Group) = (site, group);
        Tensors = [.. group.Tensors.Select(GroupTensors.Zeros)];
        _now = Tensors[0];
        Enable();
    }

    public LayoutGroup Group { get; }

    public IReadOnlyList<Parameter> Tensors { get; }

    public bool CanMerge => false;

    public (Tensor? Weight, Tensor? Bias) EffectiveDelta() => (null, null);

    public void Enable() => _site.Set(_now);

    public void Disable() => _site.Clear(_now);

    public IReadOnlyList<Tensor> Spread(long examples)
    {
        var spread = GroupTensors.Spread(this, examples);
        Use(spread[0]);
        return spread;
    }

    public void Gather() => Use(Tensors[0]);

    void Use(Tensor prompt)
    {
        Disable();
        _now = prompt;
        Enable();
    }

    public void Dispose()
    {
        Disable();
        Tensors[0].Dispose();
    }
}
