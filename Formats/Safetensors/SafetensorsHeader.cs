using System.Buffers.Binary;
using System.Text.Json;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Json;

namespace Federated.Formats.Safetensors;

/// <summary>Reads a safetensors header and refuses every one that does not describe its file exactly.</summary>
static class SafetensorsHeader
{
    const int LengthBytes = 8;
    const long MaxHeader = 100L << 20;
    const int MaxTensors = 1_000_000;
    const int MaxAxes = 16;

    public static (IReadOnlyList<TensorEntry> Tensors, IReadOnlyDictionary<string, string> Metadata) Read(ISpanSource source, string what)
    {
        if (source.Length < LengthBytes)
            throw new FormatException($"{what} has {source.Length} bytes; a safetensors file has at least {LengthBytes}.");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(source.Span(0, LengthBytes));
        if (length > MaxHeader || (long)length > source.Length - LengthBytes)
            throw new FormatException($"{what} declares a header of {length} bytes; at most {Math.Min(MaxHeader, source.Length - LengthBytes)} are possible.");
        var header = StrictObject.Parse(source.Span(LengthBytes, (int)length), what);
        var dataStart = LengthBytes + (long)length;
        var tensors = new List<TensorEntry>();
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in header.Names())
        {
            if (name == "__metadata__")
                metadata = ReadMetadata(header.Object(name) ?? throw new FormatException($"{what}: __metadata__ is null."));
            else
                tensors.Add(ReadTensor(header.Object(name) ?? throw new FormatException($"{what}: tensor '{NearestName.Shorten(name)}' is null."), name, dataStart, source.Length, what));
            if (tensors.Count > MaxTensors)
                throw new FormatException($"{what} has more than {MaxTensors} tensors.");
        }
        RequireExactCover(tensors, dataStart, source.Length, what);
        return (tensors, metadata);
    }

    static Dictionary<string, string> ReadMetadata(StrictObject o) =>
        o.Names().ToDictionary(n => n, n => o.Element(n) is { ValueKind: JsonValueKind.String } text ? text.GetString()!
            : throw new FormatException($"{o.Path}.{NearestName.Shorten(n)} must be a string."), StringComparer.Ordinal);

    static TensorEntry ReadTensor(StrictObject o, string name, long dataStart, long fileLength, string what)
    {
        var shown = NearestName.Shorten(name);
        var typeName = o.Text("dtype", maxLength: 16);
        if (!Enum.TryParse<TensorType>(typeName, out var type) || type.ToString() != typeName)
            throw new FormatException($"{what}: tensor '{shown}' has dtype {typeName}; {string.Join(", ", Enum.GetNames<TensorType>())} can be read.");
        var shape = o.Array("shape", (e, path) => e.ValueKind == JsonValueKind.Number && e.TryGetInt64(out var size) && size >= 0 ? size
            : throw new FormatException($"{path} must be an integer of 0 or more."), maxCount: MaxAxes);
        var offsets = o.Array("data_offsets", (e, path) => e.ValueKind == JsonValueKind.Number && e.TryGetInt64(out var at) && at >= 0 ? at
            : throw new FormatException($"{path} must be an integer of 0 or more."), maxCount: 2);
        o.Done();
        if (offsets.Count != 2 || offsets[0] > offsets[1] || offsets[1] > fileLength - dataStart)
            throw new FormatException($"{what}: tensor '{shown}' has data_offsets [{string.Join(", ", offsets)}]; the file has {fileLength - dataStart} bytes of data.");
        if (SizeOf(shape, type) != offsets[1] - offsets[0])
            throw new FormatException($"{what}: tensor '{shown}' of shape [{string.Join(", ", shape)}] and dtype {type} does not have {offsets[1] - offsets[0]} bytes.");
        return new TensorEntry(name, type, shape, dataStart + offsets[0], offsets[1] - offsets[0]);
    }

    // -1 where the product overflows, which no file size equals.
    static long SizeOf(List<long> shape, TensorType type)
    {
        Int128 size = type.Bytes();
        foreach (var axis in shape)
        {
            size *= axis;
            if (size > long.MaxValue)
                return shape.Contains(0) ? 0 : -1;
        }
        return (long)size;
    }

    static void RequireExactCover(List<TensorEntry> tensors, long dataStart, long fileLength, string what)
    {
        var end = dataStart;
        foreach (var tensor in tensors.OrderBy(t => t.Offset).ThenBy(t => t.Bytes))
        {
            if (tensor.Offset != end)
                throw new FormatException($"{what}: tensor '{NearestName.Shorten(tensor.Name)}' begins at data byte {tensor.Offset - dataStart}, {(tensor.Offset < end ? "inside the tensor before it" : "after a hole")}; {end - dataStart} is expected.");
            end += tensor.Bytes;
        }
        if (end != fileLength)
            throw new FormatException($"{what} has {fileLength - end} bytes after its last tensor.");
    }
}
