using System.Buffers;
using System.Text.Json;

namespace Federated.Aggregators.Json;

/// <summary>Writes JSON whose bytes depend on the content alone: no white space, fields in the order written, shortest round-trip numbers.</summary>
public static class CanonicalJson
{
    /// <summary>The UTF-8 bytes of the object whose fields <paramref name="fields"/> writes.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> fields)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            fields(writer);
            writer.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The same value with object keys in ordinal order at every depth and without white space.</summary>
    /// <exception cref="FormatException">The bytes are no JSON.</exception>
    public static byte[] Sort(ReadOnlyMemory<byte> utf8, string what)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = 128 });
            var buffer = new ArrayBufferWriter<byte>();
            using (var writer = new Utf8JsonWriter(buffer))
                WriteSorted(writer, document.RootElement);
            return buffer.WrittenSpan.ToArray();
        }
        catch (JsonException e)
        {
            throw new FormatException($"{what} is no valid JSON: {e.Message}", e);
        }
    }

    static void WriteSorted(Utf8JsonWriter writer, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var field in element.EnumerateObject().OrderBy(f => f.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(field.Name);
                    WriteSorted(writer, field.Value);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                    WriteSorted(writer, item);
                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
