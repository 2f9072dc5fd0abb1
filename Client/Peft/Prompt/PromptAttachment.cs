using Federated.Aggregators.Adapters;
using Federated.Client.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Client.Peft.Prompt;

/// <summary>Vectors beside the tokens; no change of a weight has their effect.</summary>
sealed class PromptAttachment : IGroupAttachment
{
    readonly PromptSite _site;

    public PromptAttachment(PromptSite site, LayoutGroup group)
    {
        (_site, Group) = (site, group);
        Tensors = [.. group.Tensors.Select(GroupTensors.Zeros)];
        Enable();
    }

    public LayoutGroup Group { get; }

    public IReadOnlyList<Parameter> Tensors { get; }

    public bool CanMerge => false;

    public (Tensor? Weight, Tensor? Bias) EffectiveDelta() => (null, null);

    public void Enable() => _site.Set(Tensors[0]);

    public void Disable() => _site.Clear(Tensors[0]);

    public void Dispose()
    {
        Disable();
        Tensors[0].Dispose();
    }
}
