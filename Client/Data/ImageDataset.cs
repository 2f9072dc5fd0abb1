using Federated.Client.Data.Domains;
using Federated.Client.Faults;

namespace Federated.Client.Data;

/// <summary>Labelled grey images in memory, as a site's domain shows them: one byte a pixel.</summary>
public sealed class ImageDataset
{
    readonly byte[] _pixels;
    readonly byte[] _labels;

    ImageDataset(ImageShape shape, byte[] pixels, byte[] labels)
    {
        Shape = shape;
        _pixels = pixels;
        _labels = labels;
    }

    public ImageShape Shape { get; }

    public int Count => _labels.Length;

    public ReadOnlySpan<byte> Labels => _labels;

    public ReadOnlySpan<byte> Image(int index) => _pixels.AsSpan(index * Shape.Size, Shape.Size);

    /// <summary>Loads a split of a pair of IDX files.</summary>
    /// <exception cref="ClientFault">F510, F511: a file is missing or wrong, or the split does not fit it.</exception>
    public static ImageDataset Load(string images, string labels, IndexRange range, VisualDomain domain, LabelSkew? skew = null, ulong seed = 0) =>
        Create(ImageArchive.Load(images, labels), range, domain, skew, seed);

    /// <summary>Takes a split of files already in memory.</summary>
    public static ImageDataset Create(ImageArchive archive, IndexRange range, VisualDomain domain, LabelSkew? skew = null, ulong seed = 0)
    {
        var indices = SplitSelector.Select(archive.Labels, range, skew, seed);
        var shape = new ImageShape(archive.Images.Rows, archive.Images.Columns);
        if (shape.Rows != shape.Columns && domain.Name.Contains("rot90", StringComparison.Ordinal))
            throw ClientFaults.Domain($"Domain '{domain.Name}' turns images, which must then be square; these are {shape.Rows} x {shape.Columns}.");
        var pixels = new byte[checked(indices.Length * shape.Size)];
        for (var i = 0; i < indices.Length; i++)
            domain.Apply(archive.Images.Image(indices[i]), pixels.AsSpan(i * shape.Size, shape.Size), shape, indices[i]);
        return new ImageDataset(shape, pixels, [.. indices.Select(i => archive.Labels[i])]);
    }

    /// <summary>All images of several data sets of one shape, in order.</summary>
    public static ImageDataset Concatenate(IReadOnlyList<ImageDataset> parts) =>
        parts.All(p => p.Shape == parts[0].Shape)
            ? new ImageDataset(parts[0].Shape, [.. parts.SelectMany(p => p._pixels)], [.. parts.SelectMany(p => p._labels)])
            : throw new ArgumentException("Data sets of different image shapes cannot be joined.", nameof(parts));
}
