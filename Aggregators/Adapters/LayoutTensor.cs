namespace Federated.Aggregators.Adapters;

/// <summary>A tensor whose rank is fixed.</summary>
/// <param name="Index">Its place in its layout.</param>
/// <param name="Name">Its name in files and on the wire.</param>
/// <param name="Group">Its group's place in <see cref="AdapterLayout.Groups"/>.</param>
/// <param name="Role">Its role in the group.</param>
/// <param name="Shape">Sizes, outermost first.</param>
/// <param name="ElementOffset">Where it begins in the layout, in elements.</param>
/// <param name="Elements">Product of <paramref name="Shape"/>.</param>
/// <param name="Trained">Whether clients train and send it.</param>
public sealed record LayoutTensor(int Index, string Name, int Group, string Role, IReadOnlyList<int> Shape, long ElementOffset, int Elements, bool Trained);
