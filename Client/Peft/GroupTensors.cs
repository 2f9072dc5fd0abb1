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

    /// <summary>A copy for every example of what is trained, a leaf each; what is frozen as it is.</summary>
    public static Tensor[] Spread(IGroupAttachment attachment, long examples)
    {
        using var frozen = no_grad();
        return [.. attachment.Tensors.Select(t => !t.requires_grad ? (Tensor)t
            : t.detach().unsqueeze(0).expand([examples, .. t.shape]).clone().requires_grad_())];
    }

    /// <summary>A vector beside batches [examples, n, width], whether it is one for all or one for each.</summary>
    public static Tensor AsRow(Tensor vector) => vector.dim() == 2 ? vector.unsqueeze(1) : vector;

    /// <summary>Of the group's tensors, or of copies in the same order.</summary>
    public static Tensor WithRole(IGroupAttachment attachment, IReadOnlyList<Tensor> tensors, string role)
    {
        for (var i = 0; i < tensors.Count; i++)
        {
            if (attachment.Group.Tensors[i].Role == role)
                return tensors[i];
        }
        throw new ArgumentException($"Group '{attachment.Group.Group.Name}' has no tensor of role '{role}'.", nameof(role));
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
