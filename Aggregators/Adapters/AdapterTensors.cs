using System.Runtime.InteropServices;

namespace Federated.Aggregators.Adapters;

/// <summary>Values of every tensor of a layout, fp32, one after another in layout order.</summary>
public sealed class AdapterTensors
{
    readonly float[] _values;

    /// <summary>Wraps <paramref name="values"/> without copying.</summary>
    /// <exception cref="ArgumentException">The count differs from the layout's.</exception>
    public AdapterTensors(AdapterLayout layout, float[] values)
    {
        if (values.LongLength != layout.TotalElements)
            throw new ArgumentException($"The layout has {layout.TotalElements} elements, the values {values.LongLength}.", nameof(values));
        (Layout, _values) = (layout, values);
    }

    /// <summary>All zeros.</summary>
    public AdapterTensors(AdapterLayout layout) : this(layout, new float[layout.TotalElements]) { }

    /// <summary>Names, shapes and order.</summary>
    public AdapterLayout Layout { get; }

    /// <summary>The values of one tensor, row-major.</summary>
    public Span<float> this[int tensor] => _values.AsSpan((int)Layout.Tensors[tensor].ElementOffset, Layout.Tensors[tensor].Elements);

    /// <summary>The values of one tensor, row-major.</summary>
    public Span<float> this[LayoutTensor tensor] => this[tensor.Index];

    /// <summary>All values.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>All values as bytes in memory order (little-endian on every supported processor).</summary>
    public ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes<float>(_values);

    /// <summary>
    /// The start point of a client whose plan gives other ranks: along a rank axis the first elements are kept and missing ones are zero,
    /// and the left factor of a product is multiplied by s / s_k, because alpha / r differs at another rank. Groups that this version lacks are zero.
    /// </summary>
    public AdapterTensors Reshape(AdapterLayout target) => AdapterReshape.Apply(this, target);
}
