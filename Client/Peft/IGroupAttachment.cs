using Federated.Aggregators.Adapters;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Client.Peft;

/// <summary>One group at work inside a model; enabled from the start, and taken out when disposed.</summary>
public interface IGroupAttachment : IDisposable
{
    LayoutGroup Group { get; }

    /// <summary>The group's tensors, in its order; owned by the attachment. Those that the plan trains require gradients.</summary>
    IReadOnlyList<Parameter> Tensors { get; }

    /// <summary>Whether the group can be added into the base's weights; one that cannot stays at work when others are.</summary>
    bool CanMerge { get; }

    /// <summary>What the group adds to the site's weight and bias at its present values, each as the site's own tensor is shaped; null where it adds nothing, or nothing that a weight could hold. The caller owns both.</summary>
    (Tensor? Weight, Tensor? Bias) EffectiveDelta();

    /// <summary>Lets the group act on the site's output again.</summary>
    void Enable();

    /// <summary>Lets the site compute as the base does, for a group that is merged into the base's weights.</summary>
    void Disable();
}
