using System.Runtime.InteropServices;

namespace Federated.Aggregators.Adapters.Encodings;

sealed class BF16Codec : TensorCodec
{
    public override int Bytes(int elements) => checked(2 * elements);

    public override void Encode(ReadOnlySpan<float> values, Span<byte> into)
    {
        var halves = MemoryMarshal.Cast<byte, ushort>(into);
        for (var i = 0; i < values.Length; i++)
        {
            var bits = BitConverter.SingleToUInt32Bits(values[i]);
            // Adding just under half of the dropped part, plus the kept part's last bit, rounds to nearest even.
            halves[i] = (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
            if ((halves[i] & 0x7F80) == 0x7F80)
                throw new ArgumentException($"Element {i} is {values[i]}, which rounds to infinity in BF16.", nameof(values));
        }
    }

    public override void Decode(ReadOnlySpan<byte> bytes, int elements, int offset, Span<float> into)
    {
        var halves = MemoryMarshal.Cast<byte, ushort>(bytes.Slice(2 * offset, 2 * into.Length));
        for (var i = 0; i < into.Length; i++)
            into[i] = BitConverter.UInt32BitsToSingle((uint)halves[i] << 16);
    }
}
