using Federated.Aggregators.Adapters;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Client.Peft;

/// <summary>What the attachments of all methods do with their tensors.</summary>
static class GroupTensors
{
    /// <summary>A leaf that outlives every dispose scope; frozen when the plan does not train it.</summary>
    public static Parameter Zeros(LayoutTensor tensor)
    {
        var leaf = new Parameter(zeros([.. tensor.Shape.Select(s => (long)s)]), tensor.Trained);
        leaf.DetachFromDisposeScope();
        return leaf;
    }

    /// <summary>Null where the group has no tensor of this role.</summary>
    public static Parameter? WithRole(IGroupAttachment attachment, string role)
    {
        for (var i = 0; i < attachment.Group.Tensors.Count; i++)
        {
            if (attachment.Group.Tensors[i].Role == role)
                return attachment.Tensors[i];
        }
        return null;
    }
}
