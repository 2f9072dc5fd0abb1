using System.Runtime.InteropServices;

namespace Federated.Aggregators.Adapters.Encodings;

sealed class I8BlockCodec : TensorCodec
{
    const int Block = 256;
    const int Levels = 127;

    public override int Bytes(int elements) => checked(4 * Blocks(elements) + elements);

    public override void Encode(ReadOnlySpan<float> values, Span<byte> into)
    {
        var scales = MemoryMarshal.Cast<byte, float>(into[..(4 * Blocks(values.Length))]);
        var codes = MemoryMarshal.Cast<byte, sbyte>(into[(4 * scales.Length)..]);
        for (var b = 0; b < scales.Length; b++)
        {
            var block = values[(b * Block)..Math.Min((b + 1) * Block, values.Length)];
            scales[b] = Scale(BlockScale.Largest(block));
            for (var i = 0; i < block.Length; i++)
                codes[b * Block + i] = scales[b] == 0 ? (sbyte)0 : (sbyte)Math.Clamp(Math.Round((double)block[i] / scales[b], MidpointRounding.ToEven), -Levels, Levels);
        }
    }

    public override void Decode(ReadOnlySpan<byte> bytes, int elements, int offset, Span<float> into)
    {
        var scales = MemoryMarshal.Cast<byte, float>(bytes[..(4 * Blocks(elements))]);
        var codes = MemoryMarshal.Cast<byte, sbyte>(bytes[(4 * scales.Length)..]);
        for (var i = 0; i < into.Length; i++)
            into[i] = codes[offset + i] * scales[(offset + i) / Block];
    }

    public override string? Problem(ReadOnlySpan<byte> bytes, int elements) =>
        BlockScale.Problem(MemoryMarshal.Cast<byte, float>(bytes[..(4 * Blocks(elements))]));

    // Rounded up, the scale of the very largest numbers would decode to infinity.
    static float Scale(float largest) => float.IsFinite(largest / Levels * Levels) ? largest / Levels : MathF.BitDecrement(largest / Levels);

    static int Blocks(int elements) => (elements + Block - 1) / Block;
}
