using static TorchSharp.torch;

namespace Federated.Client.Peft;

/// <summary>
/// A group that can give every example of a batch tensors of its own, so that one backward pass leaves each example's gradient: what would be a product with
/// one [m, n] becomes a batched product with [examples, m, n].
/// </summary>
public interface IExampleAttachment : IGroupAttachment
{
    /// <summary>Whether this group's place has room for that.</summary>
    bool CanSpread => true;

    /// <summary>Lets the group compute with a copy of its tensors for every example, until <see cref="Gather"/>.</summary>
    /// <param name="examples">What the batches meanwhile hold, 1 or more.</param>
    /// <returns>As <see cref="IGroupAttachment.Tensors"/>: a leaf [examples, ...] where the plan trains, the tensor itself where it does not.</returns>
    IReadOnlyList<Tensor> Spread(long examples);

    /// <summary>Lets the group compute with its own tensors again.</summary>
    void Gather();
}
