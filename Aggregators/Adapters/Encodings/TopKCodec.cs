using System.Runtime.InteropServices;

namespace Federated.Aggregators.Adapters.Encodings;

sealed class TopKCodec : TensorCodec
{
    const int Density = 16;

    public override int Bytes(int elements) => checked(8 * Kept(elements));

    public override void Encode(ReadOnlySpan<float> values, Span<byte> into)
    {
        var indices = MemoryMarshal.Cast<byte, uint>(into[..(into.Length / 2)]);
        var kept = MemoryMarshal.Cast<byte, float>(into[(into.Length / 2)..]);
        var magnitudes = values.ToArray();
        var order = new int[values.Length];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        Array.Sort(order, (a, b) => Math.Abs(magnitudes[b]).CompareTo(Math.Abs(magnitudes[a])) is var c and not 0 ? c : a.CompareTo(b));
        Array.Sort(order, 0, kept.Length);
        for (var i = 0; i < kept.Length; i++)
            (indices[i], kept[i]) = ((uint)order[i], values[order[i]]);
    }

    public override void Decode(ReadOnlySpan<byte> bytes, int elements, int offset, Span<float> into)
    {
        var indices = MemoryMarshal.Cast<byte, uint>(bytes[..(bytes.Length / 2)]);
        var kept = MemoryMarshal.Cast<byte, float>(bytes[(bytes.Length / 2)..]);
        into.Clear();
        var first = indices.BinarySearch((uint)offset);
        for (var i = first < 0 ? ~first : first; i < kept.Length && indices[i] < offset + into.Length; i++)
            into[(int)indices[i] - offset] = kept[i];
    }

    public override string? Problem(ReadOnlySpan<byte> bytes, int elements)
    {
        var indices = MemoryMarshal.Cast<byte, uint>(bytes[..(bytes.Length / 2)]);
        for (var i = 0; i < indices.Length; i++)
        {
            if (indices[i] >= elements || (i > 0 && indices[i] <= indices[i - 1]))
                return $"has index {indices[i]} in place {i}; indices ascend and stay below {elements}";
        }
        return null;
    }

    static int Kept(int elements) => (elements + Density - 1) / Density;
}
