namespace Federated.Aggregators.Json;

/// <summary>Wire names of an enumeration: its members in lower case with underscores, so that <c>BlockResidual</c> is <c>block_residual</c>.</summary>
static class EnumNames<T> where T : struct, Enum
{
    static readonly Dictionary<string, T> ByName = Enum.GetValues<T>().ToDictionary(Snake, StringComparer.Ordinal);

    public static string Of(T value) => Snake(value);

    public static T Read(StrictObject from, string field, T? fallback = null) =>
        ByName[from.Choice(field, ByName.Keys, fallback is { } value ? Snake(value) : null)];

    static string Snake(T value) =>
        string.Concat(value.ToString().Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : "_") + char.ToLowerInvariant(c) : c.ToString()));
}
