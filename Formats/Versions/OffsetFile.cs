using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Formats.Safetensors;

namespace Federated.Formats.Versions;

/// <summary>
/// One frozen factor as the blob that a manifest's <c>offsets</c> name: safetensors with <c>left</c> [m, R] and <c>right</c> [R, n] in fp32 and <c>scale</c> as
/// an F64 scalar. Effective base = base + sum of scale * left * right over a group's offsets, in the manifest's order. Equal factors give equal bytes.
/// </summary>
public static class OffsetFile
{
    /// <summary>The factor's bytes.</summary>
    public static byte[] Write(OffsetFactor offset)
    {
        using var bytes = new MemoryStream();
        SafetensorsWriter.Write(bytes,
        [
            TensorContent.Singles("left", [offset.Left.Length / offset.Rank, offset.Rank], offset.Left),
            TensorContent.Singles("right", [offset.Rank, offset.Right.Length / offset.Rank], offset.Right),
            new TensorContent("scale", TensorType.F64, [], BitConverter.GetBytes(offset.Scale)),
        ]);
        return bytes.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote, for a product group of a layout.</summary>
    /// <param name="bytes">The blob, which is disposed if it is disposable.</param>
    /// <param name="group">The group that the manifest names for it; any rank.</param>
    /// <exception cref="FormatException">It is no such file, its shapes do not fit the group, or a value is not finite; the message names the tensor.</exception>
    public static OffsetFactor Read(ISpanSource bytes, LayoutGroup group)
    {
        var name = group.Group.Name;
        var form = group.Group.Product ?? throw new FormatException($"Group '{name}' is no product, so it has no offsets.");
        var (m, n) = (group.Find(form.Left)!.Shape[0], group.Find(form.Right)!.Shape[1]);
        using var file = new SafetensorsFile(bytes, $"offset of group '{name}'");
        if (file.Find("right")?.Shape is not [var rank and >= 1 and <= int.MaxValue, _])
            throw new FormatException($"The offset of group '{name}' has no tensor 'right' of shape [R, {n}].");
        if (file.Tensors.Count != 3)
            throw new FormatException($"The offset of group '{name}' has {file.Tensors.Count} tensors; left, right and scale are expected.");
        var left = file.ReadSingles(Require(file, name, "left", TensorType.F32, m, rank));
        var right = file.ReadSingles(Require(file, name, "right", TensorType.F32, rank, n));
        var scale = BitConverter.ToDouble(file.Bytes(Require(file, name, "scale", TensorType.F64)));
        return left.All(float.IsFinite) && right.All(float.IsFinite) && double.IsFinite(scale)
            ? new OffsetFactor(name, (int)rank, left, right, scale)
            : throw new FormatException($"The offset of group '{name}' has values that are not finite.");
    }

    static TensorEntry Require(SafetensorsFile file, string group, string name, TensorType type, params long[] shape)
    {
        var tensor = file.Find(name) ?? throw new FormatException($"The offset of group '{group}' lacks tensor '{name}'.");
        return tensor.Type == type && tensor.Shape.SequenceEqual(shape) ? tensor
            : throw new FormatException($"Tensor '{name}' of the offset of group '{group}' is {tensor.Type} [{string.Join(", ", tensor.Shape)}]; {type} [{string.Join(", ", shape)}] is expected.");
    }
}
