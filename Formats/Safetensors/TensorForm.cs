namespace Federated.Formats.Safetensors;

/// <summary>What a header says of a tensor that is to be written.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">Sizes, outermost first.</param>
public sealed record TensorForm(string Name, TensorType Type, IReadOnlyList<long> Shape)
{
    /// <summary>Bytes of its elements.</summary>
    public long Bytes { get; } = Shape.Aggregate((long)Type.Bytes(), (n, size) => checked(n * size));
}
