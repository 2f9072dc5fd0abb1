using System.Runtime.InteropServices;

namespace Federated.Formats.Safetensors;

/// <summary>A tensor to be written.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">Sizes, outermost first.</param>
/// <param name="Bytes">Its elements, row-major, little-endian.</param>
public sealed record TensorContent(string Name, TensorType Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>An fp32 tensor; the values are copied.</summary>
    public static TensorContent Singles(string name, IReadOnlyList<long> shape, ReadOnlySpan<float> values) =>
        new(name, TensorType.F32, shape, MemoryMarshal.AsBytes(values).ToArray());
}
