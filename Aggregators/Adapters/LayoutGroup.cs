namespace Federated.Aggregators.Adapters;

/// <summary>A group whose rank is fixed.</summary>
/// <param name="Index">Its place in the layout.</param>
/// <param name="Group">Its declaration.</param>
/// <param name="Plan">What is trained of it.</param>
/// <param name="Tensors">Its tensors, in wire order; in an update's layout only the trained ones.</param>
public sealed record LayoutGroup(int Index, TensorGroup Group, GroupPlan Plan, IReadOnlyList<LayoutTensor> Tensors)
{
    /// <summary>The rank.</summary>
    public int Rank => Plan.Rank;

    /// <summary>The tensor with a role, or null when this layout does not carry it.</summary>
    public LayoutTensor? Find(string role) => Tensors.FirstOrDefault(t => t.Role == role);
}
