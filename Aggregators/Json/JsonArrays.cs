using System.Text.Json;

namespace Federated.Aggregators.Json;

/// <summary>Arrays of stored documents, written and read back in one way.</summary>
public static class JsonArrays
{
    /// <summary>"name": [items].</summary>
    public static void WriteTexts(this Utf8JsonWriter w, string name, IEnumerable<string> items)
    {
        w.WriteStartArray(name);
        foreach (var item in items)
            w.WriteStringValue(item);
        w.WriteEndArray();
    }

    /// <summary>"name": [items].</summary>
    public static void WriteIntegers(this Utf8JsonWriter w, string name, IEnumerable<int> items)
    {
        w.WriteStartArray(name);
        foreach (var item in items)
            w.WriteNumberValue(item);
        w.WriteEndArray();
    }

    /// <summary>An object for each item; <paramref name="write"/> writes its fields.</summary>
    public static void WriteObjects<T>(this Utf8JsonWriter w, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        w.WriteStartArray(name);
        foreach (var item in items)
        {
            w.WriteStartObject();
            write(w, item);
            w.WriteEndObject();
        }
        w.WriteEndArray();
    }

    /// <summary>What <see cref="WriteObjects"/> wrote; a field that <paramref name="read"/> does not ask for is refused.</summary>
    /// <exception cref="FormatException">An item is no such object.</exception>
    public static List<T> Objects<T>(this StrictObject o, string name, Func<StrictObject, T> read) => o.Array(name, (element, path) =>
    {
        var item = new StrictObject(element, path);
        var value = read(item);
        item.Done();
        return value;
    });
}
