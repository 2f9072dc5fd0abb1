using Federated.Aggregators.Adapters;

namespace Federated.Client.Peft.Lora;

/// <summary>The two factors of a group: A [r, in] and B [out, r].</summary>
readonly record struct LoraTensors(LayoutTensor A, LayoutTensor B)
{
    public static LoraTensors Of(LayoutGroup group) => new(
        group.Tensors.Single(t => t.Role == group.Group.Product!.Right),
        group.Tensors.Single(t => t.Role == group.Group.Product!.Left));
}
