using System.Text.Json;

namespace Federated.Aggregators.Json;

/// <summary>
/// Reads one JSON object strictly: every field is asked for by name and type, and <see cref="Done"/> refuses fields that nobody asked
/// for, naming the nearest known one. Every failure is a <see cref="FormatException"/> that names the field's path, its value and the limit.
/// </summary>
public sealed class StrictObject
{
    readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);
    readonly SortedSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary>Opens <paramref name="element"/>, found at <paramref name="path"/> (used in messages).</summary>
    /// <exception cref="FormatException">It is no object, or a field occurs twice.</exception>
    public StrictObject(JsonElement element, string path)
    {
        Path = path;
        if (element.ValueKind != JsonValueKind.Object)
            throw new FormatException($"{path} must be a JSON object, not {element.ValueKind}.");
        foreach (var field in element.EnumerateObject())
        {
            if (!_fields.TryAdd(field.Name, field.Value))
                throw new FormatException($"{path}.{NearestName.Shorten(field.Name)} occurs twice.");
        }
    }

    /// <summary>Where the object lies, for messages.</summary>
    public string Path { get; }

    /// <summary>Parses UTF-8 JSON (no comments, no trailing commas, depth at most 32) whose root is an object.</summary>
    /// <exception cref="FormatException">It is no JSON object.</exception>
    public static StrictObject Parse(ReadOnlySpan<byte> utf8, string path)
    {
        try
        {
            RequireText(utf8, path);
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = 32 });
            using var document = JsonDocument.ParseValue(ref reader);
            return new StrictObject(document.RootElement.Clone(), path);
        }
        catch (JsonException e)
        {
            throw new FormatException($"{path} is no valid JSON: {e.Message}", e);
        }
    }

    /// <summary>The element of a field, or null when absent or JSON null.</summary>
    public JsonElement? Element(string name)
    {
        _asked.Add(name);
        return _fields.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    /// <summary>A string field of at most <paramref name="maxLength"/> characters; <paramref name="fallback"/> null makes it required.</summary>
    public string Text(string name, string? fallback = null, int maxLength = 1024)
    {
        var element = Element(name);
        if (element is null)
            return fallback ?? throw Missing(name);
        if (element.Value.ValueKind != JsonValueKind.String)
            throw Wrong(name, "a string");
        var text = element.Value.GetString()!;
        return text.Length is > 0 && text.Length <= maxLength ? text
            : throw new FormatException($"{Path}.{name} has {text.Length} characters; 1 to {maxLength} are allowed.");
    }

    /// <summary>An integer field within [<paramref name="min"/>, <paramref name="max"/>]; <paramref name="fallback"/> null makes it required.</summary>
    public long Integer(string name, long min, long max, long? fallback = null)
    {
        var element = Element(name);
        if (element is null)
            return fallback ?? throw Missing(name);
        if (element.Value.ValueKind != JsonValueKind.Number || !element.Value.TryGetInt64(out var value))
            throw Wrong(name, "an integer");
        return value >= min && value <= max ? value : throw new FormatException($"{Path}.{name} is {value}; {min} to {max} is allowed.");
    }

    /// <summary>A finite number within [<paramref name="min"/>, <paramref name="max"/>]; <paramref name="fallback"/> null makes it required.</summary>
    public double Number(string name, double min, double max, double? fallback = null)
    {
        var element = Element(name);
        if (element is null)
            return fallback ?? throw Missing(name);
        if (element.Value.ValueKind != JsonValueKind.Number || !element.Value.TryGetDouble(out var value) || !double.IsFinite(value))
            throw Wrong(name, "a finite number");
        return value >= min && value <= max ? value
            : throw new FormatException(FormattableString.Invariant($"{Path}.{name} is {value}; {min} to {max} is allowed."));
    }

    /// <summary>A true/false field; <paramref name="fallback"/> null makes it required.</summary>
    public bool Flag(string name, bool? fallback = null) => Element(name) switch
    {
        null => fallback ?? throw Missing(name),
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw Wrong(name, "true or false"),
    };

    /// <summary>One of <paramref name="choices"/>; <paramref name="fallback"/> null makes it required.</summary>
    public string Choice(string name, IReadOnlyCollection<string> choices, string? fallback = null)
    {
        var text = Text(name, fallback, 64);
        return choices.Contains(text) ? text : throw new FormatException(NearestName.Sentence($"{Path}.{name}", text, choices));
    }

    /// <summary>An array field of at most <paramref name="maxCount"/> items, each read by <paramref name="read"/> with its path; empty when absent and not <paramref name="required"/>.</summary>
    public List<T> Array<T>(string name, Func<JsonElement, string, T> read, bool required = true, int maxCount = 100_000)
    {
        var element = Element(name);
        if (element is null)
            return required ? throw Missing(name) : [];
        if (element.Value.ValueKind != JsonValueKind.Array)
            throw Wrong(name, "an array");
        var count = element.Value.GetArrayLength();
        if (count > maxCount)
            throw new FormatException($"{Path}.{name} has {count} items; at most {maxCount} are allowed.");
        return [.. element.Value.EnumerateArray().Select((item, i) => read(item, $"{Path}.{name}[{i}]"))];
    }

    /// <summary>An array of strings, see <see cref="Array{T}"/>.</summary>
    public List<string> Texts(string name, bool required = true, int maxCount = 1024) => Array(name, (item, path) =>
        item.ValueKind == JsonValueKind.String && item.GetString() is { Length: > 0 and <= 1024 } text ? text
            : throw new FormatException($"{path} must be a string of 1 to 1024 characters."), required, maxCount);

    /// <summary>A nested object, or null when absent.</summary>
    public StrictObject? Object(string name) => Element(name) is { } element ? new StrictObject(element, $"{Path}.{name}") : null;

    /// <summary>Refuses every field that was not asked for.</summary>
    /// <exception cref="FormatException">A field is unknown.</exception>
    public void Done()
    {
        foreach (var name in _fields.Keys)
        {
            if (!_asked.Contains(name))
                throw new FormatException(NearestName.Sentence($"{Path}: field", name, _asked));
        }
    }

    /// <summary>All field names, in the order written; each counts as asked for.</summary>
    public IReadOnlyCollection<string> Names()
    {
        _asked.UnionWith(_fields.Keys);
        return _fields.Keys;
    }

    // The reader lets invalid UTF-8 and half surrogate escapes pass, and throws only where such a string is asked for.
    static void RequireText(ReadOnlySpan<byte> utf8, string path)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = 32 });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                    reader.GetString();
            }
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException($"{path} has a string that is no valid Unicode, near byte {reader.TokenStartIndex}.", e);
        }
    }

    FormatException Missing(string name) => new($"{Path}.{name} is missing.");

    FormatException Wrong(string name, string wanted) => new($"{Path}.{name} must be {wanted}, not {NearestName.Shorten(_fields[name].GetRawText())}.");
}
