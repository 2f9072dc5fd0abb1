using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Federated.Aggregators.Adapters.Encodings;

/// <summary>
/// binary16 with one power-of-two scale per tensor, chosen so that the largest magnitude lies in [2^14, 2^15): small deltas keep all
/// 11 bits, and rounding can never reach infinity.
/// </summary>
sealed class F16Codec : TensorCodec
{
    const int Header = 4;
    const int TargetExponent = 14;
    // The smallest binary32 is 2^-149 and the largest is below 2^128.
    const int MinScale = TargetExponent - 127;
    const int MaxScale = TargetExponent + 149;
    // Beyond this a power of two, or its inverse, is no normal binary32.
    const int FastScale = 126;

    public override int Bytes(int elements) => checked(Header + 2 * elements);

    public override void Encode(ReadOnlySpan<float> values, Span<byte> into)
    {
        var largest = 0f;
        foreach (var value in values)
            largest = Math.Max(largest, Math.Abs(value));
        var e = largest == 0 ? 0 : TargetExponent - Math.ILogB(largest);
        BinaryPrimitives.WriteInt32LittleEndian(into, e);
        var halves = MemoryMarshal.Cast<byte, Half>(into[Header..]);
        var scale = Math.ScaleB(1.0, e);
        if (!float.IsFinite((float)((double)(Half)(largest * scale) / scale)))
            throw new ArgumentException($"The largest magnitude is {largest}, which rounds to infinity in F16.", nameof(values));
        for (var i = 0; i < values.Length; i++)
            halves[i] = (Half)(values[i] * scale);
    }

    public override void Decode(ReadOnlySpan<byte> bytes, int elements, int offset, Span<float> into)
    {
        var e = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        var halves = MemoryMarshal.Cast<byte, Half>(bytes.Slice(Header + 2 * offset, 2 * into.Length));
        if (Math.Abs(e) <= FastScale)
        {
            TensorPrimitives.ConvertToSingle(halves, into);
            TensorPrimitives.Multiply(into, MathF.ScaleB(1, -e), into);
            return;
        }
        var scale = Math.ScaleB(1.0, -e);
        for (var i = 0; i < into.Length; i++)
            into[i] = (float)((double)halves[i] * scale);
    }

    public override string? Problem(ReadOnlySpan<byte> bytes, int elements)
    {
        var e = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        return e is >= MinScale and <= MaxScale ? null : $"has scale exponent {e}; {MinScale} to {MaxScale} is allowed";
    }
}
