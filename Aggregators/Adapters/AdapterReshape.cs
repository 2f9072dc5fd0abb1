namespace Federated.Aggregators.Adapters;

/// <summary>Moves values between layouts of one schema that differ in ranks.</summary>
static class AdapterReshape
{
    public static AdapterTensors Apply(AdapterTensors source, AdapterLayout target)
    {
        if (source.Layout.Schema.Digest != target.Schema.Digest)
            throw new ArgumentException("Both layouts must belong to one schema.", nameof(target));
        var result = new AdapterTensors(target);
        foreach (var to in target.Tensors)
        {
            if (source.Layout.Find(to.Name) is { } from)
                Copy(source[from.Index], from.Shape, result[to.Index], to.Shape);
        }
        return result;
    }

    /// <summary>Copies the common leading box of two row-major arrays with equal numbers of axes.</summary>
    static void Copy(ReadOnlySpan<float> from, IReadOnlyList<int> fromShape, Span<float> to, IReadOnlyList<int> toShape, int axis = 0)
    {
        var common = Math.Min(fromShape[axis], toShape[axis]);
        if (axis == fromShape.Count - 1)
        {
            from[..common].CopyTo(to);
            return;
        }
        var (fromStride, toStride) = (from.Length / fromShape[axis], to.Length / toShape[axis]);
        for (var i = 0; i < common; i++)
            Copy(from.Slice(i * fromStride, fromStride), fromShape, to.Slice(i * toStride, toStride), toShape, axis + 1);
    }
}
