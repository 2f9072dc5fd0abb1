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
        var all = tensors.ToLookup(t => t.Name, StringComparer.Ordinal);
        Write(to, [.. all.SelectMany(same => same).Select(t => new TensorForm(t.Name, t.Type, t.Shape))], name => all[name].Single().Bytes.Span);
    }

    /// <summary>Writes tensors whose bytes are made one after another, as they are written.</summary>
    /// <param name="to">Where to; left open.</param>
    /// <param name="tensors">At least one; names unique.</param>
    /// <param name="bytes">A tensor's elements by its name, row-major, little-endian; asked for once each, in the file's order.</param>
    /// <exception cref="ArgumentException">A name occurs twice, or a tensor's bytes contradict its shape.</exception>
    public static void Write(Stream to, IReadOnlyList<TensorForm> tensors, TensorBytes bytes)
    {
        TensorForm[] ordered = [.. tensors.OrderBy(t => t.Name, StringComparer.Ordinal)];
        for (var i = 1; i < ordered.Length; i++)
        {
            if (ordered[i].Name == ordered[i - 1].Name)
                throw new ArgumentException($"Two tensors are named '{ordered[i].Name}'.", nameof(tensors));
        }
        var header = Header(ordered);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        to.Write(length);
        to.Write(header);
        foreach (var tensor in ordered)
            Write(to, tensor, bytes(tensor.Name));
    }

    /// <summary>The elements of the tensor with a name, looked at in place.</summary>
    public delegate ReadOnlySpan<byte> TensorBytes(string name);

    static void Write(Stream to, TensorForm tensor, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != tensor.Bytes)
            throw new ArgumentException($"Tensor '{tensor.Name}' of shape [{string.Join(", ", tensor.Shape)}] and type {tensor.Type} has {tensor.Bytes} bytes, not {bytes.Length}.", nameof(bytes));
        to.Write(bytes);
    }

    static byte[] Header(TensorForm[] tensors)
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

    static long WriteEntry(Utf8JsonWriter w, TensorForm tensor, long offset)
    {
        w.WriteStartObject(tensor.Name);
        w.WriteString("dtype", tensor.Type.ToString());
        w.WriteStartArray("shape");
        foreach (var axis in tensor.Shape)
            w.WriteNumberValue(axis);
        w.WriteEndArray();
        w.WriteStartArray("data_offsets");
        w.WriteNumberValue(offset);
        w.WriteNumberValue(offset + tensor.Bytes);
        w.WriteEndArray();
        w.WriteEndObject();
        return offset + tensor.Bytes;
    }
}
