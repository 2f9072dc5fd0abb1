using System.Runtime.InteropServices;

namespace Federated.Aggregators.Adapters.Encodings;

sealed class F32Codec : TensorCodec
{
    public override int Bytes(int elements) => checked(4 * elements);

    public override void Encode(ReadOnlySpan<float> values, Span<byte> into) => MemoryMarshal.AsBytes(values).CopyTo(into);

    public override void Decode(ReadOnlySpan<byte> bytes, int elements, int offset, Span<float> into) =>
        bytes.Slice(4 * offset, 4 * into.Length).CopyTo(MemoryMarshal.AsBytes(into));
}
