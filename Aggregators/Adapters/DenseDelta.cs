namespace Federated.Aggregators.Adapters;

/// <summary>A delta held in memory.</summary>
/// <param name="values">Over the full layout, or over its <see cref="AdapterLayout.Trained"/> part.</param>
/// <param name="layout">The client's full layout; null when <paramref name="values"/> is over it.</param>
public sealed class DenseDelta(AdapterTensors values, AdapterLayout? layout = null) : IDeltaSource
{
    readonly LayoutTensor?[] _from = [.. (layout ?? values.Layout).Tensors.Select(t => values.Layout.Find(t.Name))];

    /// <inheritdoc/>
    public void Read(int tensor, long elementOffset, Span<float> into)
    {
        if (_from[tensor] is { } from)
            values[from].Slice((int)elementOffset, into.Length).CopyTo(into);
        else
            into.Clear();
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> View(int tensor, long elementOffset, int length) =>
        _from[tensor] is { } from ? values[from].Slice((int)elementOffset, length) : default;
}
