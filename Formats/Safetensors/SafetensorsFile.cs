using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Federated.Aggregators.Adapters;
using Federated.Formats.Files;

namespace Federated.Formats.Safetensors;

/// <summary>
/// A safetensors file, looked at in place. The header must describe the file exactly: every tensor inside it, none overlapping, no hole, no rest.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    readonly ISpanSource _source;
    readonly Dictionary<string, TensorEntry> _byName;

    /// <summary>Reads the header of <paramref name="source"/>, which is disposed with this if it is disposable.</summary>
    /// <param name="source">The file's bytes.</param>
    /// <param name="what">How messages name the file.</param>
    /// <exception cref="FormatException">The header is malformed or does not describe the file.</exception>
    public SafetensorsFile(ISpanSource source, string what)
    {
        _source = source;
        (Tensors, Metadata) = SafetensorsHeader.Read(source, what);
        _byName = Tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
    }

    /// <summary>In the order of the header.</summary>
    public IReadOnlyList<TensorEntry> Tensors { get; }

    /// <summary>The header's <c>__metadata__</c>; empty when absent.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Maps a file and reads its header. Messages name the file without its folder.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="FormatException">The header is malformed or does not describe the file.</exception>
    public static SafetensorsFile Open(string path)
    {
        var mapped = new MappedFile(path);
        try
        {
            return new SafetensorsFile(mapped, Path.GetFileName(path));
        }
        catch
        {
            mapped.Dispose();
            throw;
        }
    }

    /// <summary>The tensor with a name, or null.</summary>
    public TensorEntry? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Bytes [<paramref name="offset"/>, offset + length) of a tensor, in place.</summary>
    public ReadOnlySpan<byte> Bytes(TensorEntry tensor, long offset, int length)
    {
        if (offset < 0 || length < 0 || offset > tensor.Bytes - length)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"{length} bytes from here do not lie within the tensor's {tensor.Bytes}.");
        return _source.Span(tensor.Offset + offset, length);
    }

    /// <summary>All bytes of a tensor, in place; at most 2 GiB.</summary>
    public ReadOnlySpan<byte> Bytes(TensorEntry tensor) => Bytes(tensor, 0, checked((int)tensor.Bytes));

    /// <summary>Reads a floating-point or byte tensor as fp32, widening where needed; F64 is rounded to nearest even.</summary>
    /// <param name="tensor">A tensor of this file with at most <see cref="Array.MaxLength"/> elements.</param>
    /// <exception cref="FormatException">It is an I64 or I32 tensor, whose values fp32 cannot hold.</exception>
    public float[] ReadSingles(TensorEntry tensor)
    {
        var values = new float[tensor.Elements];
        ReadSingles(tensor, 0, values);
        return values;
    }

    /// <summary>Reads elements [<paramref name="elementOffset"/>, elementOffset + into.Length), see <see cref="ReadSingles(TensorEntry)"/>.</summary>
    public void ReadSingles(TensorEntry tensor, long elementOffset, Span<float> into)
    {
        var size = tensor.Type.Bytes();
        // A window's byte count must fit an int.
        const int Window = 1 << 24;
        for (var at = 0; at < into.Length; at += Window)
        {
            var part = into[at..Math.Min(at + Window, into.Length)];
            Widen(tensor, Bytes(tensor, (elementOffset + at) * size, part.Length * size), part);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => (_source as IDisposable)?.Dispose();

    // Tensors need not be aligned to their element size, and the processors that .NET runs on do not mind.
    static void Widen(TensorEntry tensor, ReadOnlySpan<byte> bytes, Span<float> into)
    {
        switch (tensor.Type)
        {
            case TensorType.F32:
                bytes.CopyTo(MemoryMarshal.AsBytes(into));
                break;
            case TensorType.F16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), into);
                break;
            case TensorType.BF16:
                DeltaCodec.Decode(TensorEncoding.BF16, bytes, into.Length, 0, into);
                break;
            case TensorType.F64:
                TensorPrimitives.ConvertChecked(MemoryMarshal.Cast<byte, double>(bytes), into);
                break;
            case TensorType.U8:
                TensorPrimitives.ConvertChecked(bytes, into);
                break;
            default:
                throw new FormatException($"Tensor '{tensor.Name}' is {tensor.Type}; a floating-point tensor is needed here.");
        }
    }
}
