using System.Runtime.InteropServices;

namespace Federated.Aggregators.Adapters.Encodings;

/// <summary>NormalFloat-4: QLoRA (arXiv 2305.14314), appendix E, with fp32 block scales.</summary>
sealed class NF4Codec : TensorCodec
{
    const int Block = 64;

    static readonly float[] Levels =
    [
        -1.0f, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f, -0.28444138169288635f, -0.18477343022823334f,
        -0.09105003625154495f, 0.0f, 0.07958029955625534f, 0.16093020141124725f, 0.24611230194568634f, 0.33791524171829224f,
        0.44070982933044434f, 0.5626170039176941f, 0.7229568362236023f, 1.0f,
    ];

    public override int Bytes(int elements) => checked(4 * Blocks(elements) + (elements + 1) / 2);

    public override void Encode(ReadOnlySpan<float> values, Span<byte> into)
    {
        var scales = MemoryMarshal.Cast<byte, float>(into[..(4 * Blocks(values.Length))]);
        var codes = into[(4 * scales.Length)..];
        codes.Clear();
        for (var b = 0; b < scales.Length; b++)
            scales[b] = BlockScale.Largest(values[(b * Block)..Math.Min((b + 1) * Block, values.Length)]);
        for (var i = 0; i < values.Length; i++)
        {
            var scale = scales[i / Block];
            var code = Nearest(scale == 0 ? 0 : (double)values[i] / scale);
            codes[i / 2] |= (byte)(code << (4 * (i % 2)));
        }
    }

    public override void Decode(ReadOnlySpan<byte> bytes, int elements, int offset, Span<float> into)
    {
        var scales = MemoryMarshal.Cast<byte, float>(bytes[..(4 * Blocks(elements))]);
        var codes = bytes[(4 * scales.Length)..];
        for (var i = 0; i < into.Length; i++)
        {
            var at = offset + i;
            into[i] = Levels[(codes[at / 2] >> (4 * (at % 2))) & 15] * scales[at / Block];
        }
    }

    public override string? Problem(ReadOnlySpan<byte> bytes, int elements) =>
        elements % 2 == 1 && bytes[^1] >> 4 != 0 ? $"has {bytes[^1] >> 4} in the padding of its last byte; 0 is needed"
            : BlockScale.Problem(MemoryMarshal.Cast<byte, float>(bytes[..(4 * Blocks(elements))]));

    static int Blocks(int elements) => (elements + Block - 1) / Block;

    static int Nearest(double value)
    {
        var best = 0;
        for (var i = 1; i < Levels.Length; i++)
        {
            if (Math.Abs(value - Levels[i]) < Math.Abs(value - Levels[best]))
                best = i;
        }
        return best;
    }
}
