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
            if (source.Layout.Find(to.Name) is not { } from)
                continue;
            Copy(source[from.Index], from.Shape, result[to.Index], to.Shape);
            var factor = Factor(source.Layout.Groups[from.Group], target.Groups[to.Group], to);
            if (factor != 1)
                Scale(result[to.Index], factor);
        }
        return result;
    }

    /// <summary>
    /// What a tensor of <paramref name="from"/> is multiplied by in <paramref name="to"/>: s changes with the rank, and the left factor of a product takes the
    /// change up, so that the same rows and columns keep their effect.
    /// </summary>
    public static double Factor(LayoutGroup from, LayoutGroup to, LayoutTensor tensor) =>
        to.Group.Product is { } product && product.Left == tensor.Role && from.Rank != to.Rank ? product.Scale(from.Rank) / product.Scale(to.Rank) : 1;

    static void Scale(Span<float> values, double factor)
    {
        foreach (ref var value in values)
            value = (float)(value * factor);
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
