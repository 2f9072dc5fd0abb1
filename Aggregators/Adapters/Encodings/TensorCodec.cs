namespace Federated.Aggregators.Adapters.Encodings;

/// <summary>One encoding; <see cref="DeltaCodec"/> has checked sizes and finiteness before.</summary>
abstract class TensorCodec
{
    public abstract int Bytes(int elements);

    public abstract void Encode(ReadOnlySpan<float> values, Span<byte> into);

    public abstract void Decode(ReadOnlySpan<byte> bytes, int elements, int offset, Span<float> into);

    /// <summary>Why bytes of the right length are malformed, or null.</summary>
    public virtual string? Problem(ReadOnlySpan<byte> bytes, int elements) => null;
}
