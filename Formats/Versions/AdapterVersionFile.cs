using Federated.Aggregators.Adapters;
using Federated.Aggregators.Json;
using Federated.Aggregators.Strategies;
using Federated.Formats.Safetensors;

namespace Federated.Formats.Versions;

/// <summary>
/// An adapter version, or a client's start point, as safetensors: every tensor of the layout in fp32 under its name, and each offset as
/// <c>offset/INDEX/GROUP</c> with <c>/left</c> [m, R], <c>/right</c> [R, n] in fp32 and <c>/scale</c> as an F64 scalar, INDEX having five digits. Equal versions give equal bytes.
/// </summary>
public static class AdapterVersionFile
{
    const string Prefix = "offset/";
    const int MaxOffsets = 100_000;

    /// <summary>Writes a version.</summary>
    public static void Write(Stream to, AdapterVersion version)
    {
        var tensors = version.Tensors.Layout.Tensors.Select(t => TensorContent.Singles(t.Name, [.. t.Shape.Select(s => (long)s)], version.Tensors[t]));
        SafetensorsWriter.Write(to, tensors.Concat(version.Offsets.SelectMany(Contents)));
    }

    /// <summary>Reads a version that has exactly the tensors of a layout.</summary>
    /// <exception cref="FormatException">A tensor is missing, unknown, of another shape or not F32, or an offset does not fit its group; the message names it.</exception>
    public static AdapterVersion Read(SafetensorsFile file, AdapterLayout layout)
    {
        var values = new AdapterTensors(layout);
        foreach (var tensor in layout.Tensors)
            file.ReadSingles(Require(file, tensor.Name, TensorType.F32, [.. tensor.Shape.Select(s => (long)s)]), 0, values[tensor]);
        var offsets = Groups(file, layout).Select(o => ReadOffset(file, o.Stem, o.Group)).ToList();
        if (file.Tensors.FirstOrDefault(t => layout.Find(t.Name) is null && !t.Name.StartsWith(Prefix, StringComparison.Ordinal)) is { } unknown)
            throw new FormatException($"The version has tensor '{NearestName.Shorten(unknown.Name)}', which its layout has not.");
        if (file.Tensors.Count != layout.Tensors.Count + 3 * offsets.Count)
            throw new FormatException($"The version has {file.Tensors.Count} tensors; {layout.Tensors.Count} and 3 for each of its {offsets.Count} offsets are expected.");
        return new AdapterVersion(values, offsets);
    }

    /// <summary>Whether a tensor of such a file is part of an offset.</summary>
    public static bool IsOffset(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    static IEnumerable<TensorContent> Contents(OffsetFactor offset, int index)
    {
        if (index >= MaxOffsets)
            throw new InvalidOperationException($"A version has at most {MaxOffsets} offsets; merge them into the base.");
        var stem = FormattableString.Invariant($"{Prefix}{index:d5}/{offset.Group}");
        yield return TensorContent.Singles(stem + "/left", [offset.Left.Length / offset.Rank, offset.Rank], offset.Left);
        yield return TensorContent.Singles(stem + "/right", [offset.Rank, offset.Right.Length / offset.Rank], offset.Right);
        yield return new TensorContent(stem + "/scale", TensorType.F64, [], BitConverter.GetBytes(offset.Scale));
    }

    static IEnumerable<(string Stem, LayoutGroup Group)> Groups(SafetensorsFile file, AdapterLayout layout)
    {
        foreach (var name in file.Tensors.Select(t => t.Name).Where(n => n.StartsWith(Prefix, StringComparison.Ordinal) && n.EndsWith("/scale", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var stem = name[..^"/scale".Length];
            var group = stem.Length > Prefix.Length + 6 ? layout.Groups.FirstOrDefault(g => g.Group.Name == stem[(Prefix.Length + 6)..] && g.Group.Product is not null) : null;
            yield return (stem, group ?? throw new FormatException($"Offset '{NearestName.Shorten(stem)}' belongs to no product group of the layout."));
        }
    }

    static OffsetFactor ReadOffset(SafetensorsFile file, string stem, LayoutGroup group)
    {
        var form = group.Group.Product!;
        var (m, n) = (group.Find(form.Left)!.Shape[0], group.Find(form.Right)!.Shape[1]);
        var rank = file.Find(stem + "/right")?.Shape is [var r and >= 1 and <= int.MaxValue, _] ? (int)r
            : throw new FormatException($"Offset '{stem}' has no right factor [R, n].");
        var scale = BitConverter.ToDouble(file.Bytes(Require(file, stem + "/scale", TensorType.F64, [])));
        return new OffsetFactor(group.Group.Name, rank, file.ReadSingles(Require(file, stem + "/left", TensorType.F32, [m, rank])),
            file.ReadSingles(Require(file, stem + "/right", TensorType.F32, [rank, n])), scale);
    }

    static TensorEntry Require(SafetensorsFile file, string name, TensorType type, long[] shape)
    {
        var tensor = file.Find(name) ?? throw new FormatException($"The version lacks tensor '{name}'.");
        return tensor.Type == type && tensor.Shape.SequenceEqual(shape) ? tensor
            : throw new FormatException($"Tensor '{name}' is {tensor.Type} [{string.Join(", ", tensor.Shape)}]; {type} [{string.Join(", ", shape)}] is expected.");
    }
}
