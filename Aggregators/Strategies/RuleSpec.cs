using System.Text.Json;
using Federated.Aggregators.Json;

namespace Federated.Aggregators.Strategies;

/// <summary>A strategy by name with its options.</summary>
public sealed record RuleSpec
{
    static readonly JsonElement NoOptions = JsonDocument.Parse("{}").RootElement.Clone();

    /// <summary>A strategy; <paramref name="options"/> is a JSON object, absent means defaults.</summary>
    public RuleSpec(string name, string options = "{}") : this(name, StrictElement(options)) { }

    internal RuleSpec(string name, JsonElement? options) => (Name, Options) = (name, options ?? NoOptions);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>A JSON object.</summary>
    public JsonElement Options { get; }

    internal StrictObject OpenOptions(string path) => new(Options, $"{path}.options");

    static JsonElement StrictElement(string options)
    {
        try
        {
            return JsonDocument.Parse(options).RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new FormatException($"The options are no valid JSON: {e.Message}", e);
        }
    }
}
