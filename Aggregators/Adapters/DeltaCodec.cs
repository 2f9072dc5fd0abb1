using Federated.Aggregators.Adapters.Encodings;

namespace Federated.Aggregators.Adapters;

/// <summary>Turns fp32 values into bytes and back; deterministic, each value rounded once to nearest even.</summary>
public static class DeltaCodec
{
    static readonly Dictionary<TensorEncoding, TensorCodec> Codecs = new()
    {
        [TensorEncoding.F32] = new F32Codec(),
        [TensorEncoding.F16] = new F16Codec(),
        [TensorEncoding.BF16] = new BF16Codec(),
        [TensorEncoding.I8Block] = new I8BlockCodec(),
        [TensorEncoding.NF4] = new NF4Codec(),
        [TensorEncoding.TopK] = new TopKCodec(),
    };

    /// <summary>Size of a tensor with <paramref name="elements"/> elements (1 to 2^28).</summary>
    public static int EncodedBytes(TensorEncoding encoding, int elements) => Of(encoding).Bytes(elements);

    /// <summary>Encodes one tensor.</summary>
    /// <param name="encoding">How.</param>
    /// <param name="values">Finite values.</param>
    /// <param name="into">Exactly <see cref="EncodedBytes"/> bytes.</param>
    /// <exception cref="ArgumentException">A value is not finite, or its magnitude does not fit the encoding; or the sizes differ.</exception>
    public static void Encode(TensorEncoding encoding, ReadOnlySpan<float> values, Span<byte> into)
    {
        var codec = Of(encoding);
        RequireSize(codec, values.Length, into.Length);
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                throw new ArgumentException($"Element {i} is {values[i]}; only finite values can be encoded.", nameof(values));
        }
        codec.Encode(values, into);
    }

    /// <summary>Decodes elements [<paramref name="offset"/>, offset + into.Length) of one encoded tensor.</summary>
    /// <param name="encoding">How.</param>
    /// <param name="bytes">The whole tensor, for which <see cref="Problem"/> is null.</param>
    /// <param name="elements">The tensor's elements.</param>
    /// <param name="offset">First element wanted.</param>
    /// <param name="into">Where they go.</param>
    /// <exception cref="ArgumentException">The sizes contradict each other.</exception>
    public static void Decode(TensorEncoding encoding, ReadOnlySpan<byte> bytes, int elements, int offset, Span<float> into)
    {
        var codec = Of(encoding);
        RequireSize(codec, elements, bytes.Length);
        if ((uint)offset > (uint)elements || into.Length > elements - offset)
            throw new ArgumentException($"Elements {offset} to {(long)offset + into.Length} do not lie within {elements}.", nameof(offset));
        codec.Decode(bytes, elements, offset, into);
    }

    /// <summary>Why these bytes are no tensor of this encoding, or null. Values are not looked at: see <see cref="UpdateValidator"/>.</summary>
    public static string? Problem(TensorEncoding encoding, ReadOnlySpan<byte> bytes, int elements)
    {
        var codec = Of(encoding);
        return bytes.Length == codec.Bytes(elements) ? codec.Problem(bytes, elements)
            : $"has {bytes.Length} bytes; {elements} elements in {encoding} have {codec.Bytes(elements)}";
    }

    static TensorCodec Of(TensorEncoding encoding) => Codecs.TryGetValue(encoding, out var codec) ? codec
        : throw new ArgumentOutOfRangeException(nameof(encoding), encoding, "Unknown encoding.");

    static void RequireSize(TensorCodec codec, int elements, int bytes)
    {
        if (codec.Bytes(elements) != bytes)
            throw new ArgumentException($"{elements} elements have {codec.Bytes(elements)} bytes in this encoding, not {bytes}.");
    }
}
