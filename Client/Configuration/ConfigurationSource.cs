using System.Collections;
using System.Text.Json;
using Federated.Aggregators.Json;
using Federated.Client.Faults;

namespace Federated.Client.Configuration;

/// <summary>
/// Values by dotted key from a JSON file, the environment (<c>FEDERATED__DATA__DOMAIN</c>) and flags, the later of which win.
/// Reading a key records what is wrong with it instead of throwing, so that one run shows every error.
/// </summary>
sealed class ConfigurationSource
{
    const string EnvironmentPrefix = "FEDERATED__";
    const int MaximumFileBytes = 1 << 20;

    readonly Dictionary<string, (string Text, string Origin)> _values = new(StringComparer.Ordinal);
    readonly IReadOnlyCollection<string> _known;

    public ConfigurationSource(IReadOnlyCollection<string> known) => _known = known;

    public List<string> Errors { get; } = [];

    public void AddFile(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaximumFileBytes } file)
                throw ClientFaults.ConfigurationFile(path, $"has {file.Length} bytes; at most {MaximumFileBytes} are allowed.");
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { MaxDepth = 16 });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw ClientFaults.ConfigurationFile(path, "must hold a JSON object.");
            AddObject(document.RootElement, "");
        }
        catch (JsonException e)
        {
            throw ClientFaults.ConfigurationFile(path, $"is no valid JSON: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ClientFaults.ConfigurationFile(path, File.Exists(path) ? $"cannot be read: {e.Message}" : "does not exist.", e);
        }
    }

    public void AddEnvironment(IDictionary variables)
    {
        foreach (DictionaryEntry variable in variables)
        {
            if (variable is not { Key: string name, Value: string text } || !name.StartsWith(EnvironmentPrefix, StringComparison.Ordinal))
                continue;
            var key = name[EnvironmentPrefix.Length..].Replace("__", ".", StringComparison.Ordinal);
            Add(_known.FirstOrDefault(k => string.Equals(k, key, StringComparison.OrdinalIgnoreCase)) ?? key, text, $"environment variable {name}");
        }
    }

    public void AddFlag(string key, string text) => Add(key, text, $"flag --{key}");

    public string? Text(string key, string? fallback, bool required = false)
    {
        if (_values.TryGetValue(key, out var value) && value.Text.Length is > 0 and <= 4096)
            return value.Text;
        if (value.Text is not null)
            Errors.Add($"{key} ({value.Origin}) has {value.Text.Length} characters; 1 to 4096 are allowed.");
        else if (required)
            Errors.Add($"{key} is missing.");
        return fallback;
    }

    public int Integer(string key, int fallback, int minimum, int maximum) =>
        (int)Number(key, (ulong)fallback, (ulong)minimum, (ulong)maximum);

    public ulong Number(string key, ulong fallback, ulong minimum, ulong maximum)
    {
        if (!_values.TryGetValue(key, out var value))
            return fallback;
        if (ulong.TryParse(value.Text, out var number) && number >= minimum && number <= maximum)
            return number;
        Errors.Add($"{key} ({value.Origin}) is '{NearestName.Shorten(value.Text)}'; a whole number from {minimum} to {maximum} is needed.");
        return fallback;
    }

    /// <summary>A number from 0 to 1.</summary>
    public double Fraction(string key, double fallback)
    {
        if (Text(key, null) is not { } text)
            return fallback;
        if (double.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 1)
            return value;
        Errors.Add($"{key} ({OriginOf(key)}) is '{text}'; 0 to 1 is allowed.");
        return fallback;
    }

    public bool Flag(string key, bool fallback)
    {
        if (!_values.TryGetValue(key, out var value))
            return fallback;
        if (bool.TryParse(value.Text, out var flag))
            return flag;
        Errors.Add($"{key} ({value.Origin}) is '{NearestName.Shorten(value.Text)}'; true or false is needed.");
        return fallback;
    }

    public string OriginOf(string key) => _values.TryGetValue(key, out var value) ? value.Origin : "default";

    void AddObject(JsonElement element, string prefix)
    {
        foreach (var field in element.EnumerateObject())
        {
            var key = prefix + field.Name;
            if (field.Value.ValueKind == JsonValueKind.Object && !_known.Contains(key))
                AddObject(field.Value, key + ".");
            else
                Add(key, TextOf(field.Value), "file");
        }
    }

    /// <summary>A list may be written as JSON or, where there is only text, with commas; both become the same text.</summary>
    static string TextOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => string.Join(',', element.EnumerateArray().Select(TextOf)),
        JsonValueKind.String => element.GetString()!,
        _ => element.GetRawText(),
    };

    void Add(string key, string text, string origin)
    {
        if (_known.Contains(key))
            _values[key] = (text, origin);
        else
            Errors.Add(NearestName.Sentence($"{char.ToUpperInvariant(origin[0])}{origin[1..]}: key", key, _known));
    }
}
