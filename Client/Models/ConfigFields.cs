using System.Text.Json;
using Federated.Client.Faults;

namespace Federated.Client.Models;

/// <summary>Fields of a config.json, each with its range; one that is absent or null has its default.</summary>
sealed class ConfigFields(string folder, JsonElement root)
{
    /// <summary>1 to <paramref name="maximum"/>.</summary>
    public int Integer(string name, int fallback, int maximum) => Find(name) is not { } value ? fallback
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 1 && number <= maximum ? number
        : throw Wrong($"{name} {value.GetRawText()}; 1 to {maximum} is allowed");

    public double Epsilon(string name, double fallback) => Find(name) is not { } value ? fallback
        : value.ValueKind == JsonValueKind.Number && value.GetDouble() is > 0 and < 1 ? value.GetDouble()
        : throw Wrong($"{name} {value.GetRawText()}; above 0 and below 1 is allowed");

    public string Choice(string name, string fallback, params string[] known) => Find(name) is not { } value ? fallback
        : value.ValueKind == JsonValueKind.String && known.Contains(value.GetString()) ? value.GetString()!
        : throw Wrong($"{name} {value.GetRawText()}; {string.Join(", ", known)} are known");

    public bool Flag(string name, bool fallback) => Find(name) is not { } value ? fallback
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Wrong($"{name} {value.GetRawText()}; true or false is needed");

    public ClientFault Wrong(string what) => ClientFaults.Model(folder, $"has a config.json with {what}.");

    JsonElement? Find(string name) => root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
