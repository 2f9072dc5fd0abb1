using System.Buffers.Binary;
using System.Text.Json;
using Federated.Aggregators.Json;

namespace Federated.Formats.Safetensors;

/// <summary>
/// Writes safetensors whose bytes depend on the content alone: tensors in ordinal name order, metadata <c>{"format":"pt"}</c> first, header padded with spaces
/// so that data begins at a multiple of 64 bytes.
/// </summary>
public static class SafetensorsWriter
{
    const int Alignment = 64;

    /// <summary>Writes the tensors.</summary>
    /// <param name="to">Where to; left open.</param>
    /// <param name="tensors">At least one; names unique.</param>
    /// <exception cref="ArgumentException">A name occurs twice, or a tensor's bytes contradict its shape.</exception>
    public static void Write(Stream to, IEnumerable<TensorContent> tensors)
    {
        TensorContent[] ordered = [.. tensors.OrderBy(t => t.Name, StringComparer.Ordinal)];
        Check(ordered);
        var header = Header(ordered);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        to.Write(length);
        to.Write(header);
        foreach (var tensor in ordered)
            to.Write(tensor.Bytes.Span);
    }

    static byte[] Header(TensorContent[] tensors)
    {
        var json = CanonicalJson.Write(w =>
        {
            w.WriteStartObject("__metadata__");
            w.WriteString("format", "pt");
            w.WriteEndObject();
            var offset = 0L;
            foreach (var tensor in tensors)
                offset = WriteEntry(w, tensor, offset);
        });
        var padded = new byte[(8 + json.Length + Alignment - 1) / Alignment * Alignment - 8];
        padded.AsSpan().Fill((byte)' ');
        json.CopyTo(padded, 0);
        return padded;
    }

    static long WriteEntry(Utf8JsonWriter w, TensorContent tensor, long offset)
    {
        w.WriteStartObject(tensor.Name);
        w.WriteString("dtype", tensor.Type.ToString());
        w.WriteStartArray("shape");
        foreach (var axis in tensor.Shape)
            w.WriteNumberValue(axis);
        w.WriteEndArray();
        w.WriteStartArray("data_offsets");
        w.WriteNumberValue(offset);
        w.WriteNumberValue(offset + tensor.Bytes.Length);
        w.WriteEndArray();
        w.WriteEndObject();
        return offset + tensor.Bytes.Length;
    }

    static void Check(TensorContent[] tensors)
    {
        for (var i = 0; i < tensors.Length; i++)
        {
            if (i > 0 && tensors[i].Name == tensors[i - 1].Name)
                throw new ArgumentException($"Two tensors are named '{tensors[i].Name}'.", nameof(tensors));
            if (tensors[i].Shape.Aggregate((long)tensors[i].Type.Bytes(), (n, size) => checked(n * size)) != tensors[i].Bytes.Length)
                throw new ArgumentException($"Tensor '{tensors[i].Name}' of shape [{string.Join(", ", tensors[i].Shape)}] and type {tensors[i].Type} does not have {tensors[i].Bytes.Length} bytes.", nameof(tensors));
        }
    }
}
