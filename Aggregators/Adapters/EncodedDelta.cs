using System.Runtime.InteropServices;

namespace Federated.Aggregators.Adapters;

/// <summary>
/// A delta as it was sent: the trained tensors one after another in one encoding, in layout order. Decodes on every read and keeps nothing, so that a
/// memory-mapped spool larger than memory can be folded. <see cref="UpdateValidator.CheckBytes"/> must have passed.
/// </summary>
public sealed class EncodedDelta : IDeltaSource
{
    readonly TensorEncoding _encoding;
    readonly ISpanSource _bytes;
    readonly (long Offset, int Length, int Elements)[] _tensors;

    /// <summary>Reads <paramref name="bytes"/> from <paramref name="offset"/> on.</summary>
    /// <param name="layout">The client's full layout.</param>
    /// <param name="encoding">The encoding of every tensor.</param>
    /// <param name="bytes">Where the update lies.</param>
    /// <param name="offset">Where its first tensor begins (after the header as sent).</param>
    /// <exception cref="ArgumentException">The source is too short for the layout.</exception>
    public EncodedDelta(AdapterLayout layout, TensorEncoding encoding, ISpanSource bytes, long offset = 0)
    {
        (_encoding, _bytes) = (encoding, bytes);
        _tensors = new (long, int, int)[layout.Tensors.Count];
        foreach (var tensor in layout.Tensors.Where(t => t.Trained))
        {
            var length = DeltaCodec.EncodedBytes(encoding, tensor.Elements);
            _tensors[tensor.Index] = (offset, length, tensor.Elements);
            offset += length;
        }
        if (offset > bytes.Length)
            throw new ArgumentException($"The update ends at byte {offset}; its source has {bytes.Length} bytes.", nameof(bytes));
    }

    /// <inheritdoc/>
    public void Read(int tensor, long elementOffset, Span<float> into)
    {
        var (offset, length, elements) = _tensors[tensor];
        if (length == 0)
            into.Clear();
        else
            DeltaCodec.Decode(_encoding, _bytes.Span(offset, length), elements, (int)elementOffset, into);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> View(int tensor, long elementOffset, int length) => _encoding == TensorEncoding.F32 && _tensors[tensor].Length > 0
        ? MemoryMarshal.Cast<byte, float>(_bytes.Span(_tensors[tensor].Offset + 4 * elementOffset, 4 * length))
        : default;

    /// <inheritdoc/>
    public void Announce(int tensor)
    {
        if (_tensors[tensor].Length > 0)
            _bytes.Announce(_tensors[tensor].Offset, _tensors[tensor].Length);
    }
}
