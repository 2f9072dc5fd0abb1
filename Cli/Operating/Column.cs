using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Federated.Cli.Operating;

/// <summary>One column of a table, from an item of the REST interface.</summary>
sealed record Column(string Header, Func<JsonNode, string> Text)
{
    /// <summary>A field as it is; lists joined, null as a dash.</summary>
    public static Column Of(string header, string field) => new(header, item => Plain(item[field]));

    /// <summary>Unix milliseconds as a time.</summary>
    public static Column Time(string header, string field) => new(header, item =>
        item[field] is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms.GetValue<long>()).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "-");

    /// <summary>Bytes in binary units.</summary>
    public static Column Bytes(string header, string field) => new(header, item => item[field] is { } bytes ? Size(bytes.GetValue<long>()) : "-");

    /// <summary>A number with some digits after the point.</summary>
    public static Column Number(string header, string field, int digits) => new(header, item =>
        item[field] is { } number ? number.GetValue<double>().ToString($"F{digits}", CultureInfo.InvariantCulture) : "-");

    public static string Plain(JsonNode? node) => node switch
    {
        null => "-",
        JsonArray { Count: 0 } or JsonObject { Count: 0 } => "-",
        JsonArray list => string.Join(", ", list.Select(Plain)),
        JsonObject fields => string.Join(", ", fields.Select(f => $"{f.Key}={Plain(f.Value)}")),
        _ => node.GetValueKind() switch { JsonValueKind.True => "yes", JsonValueKind.False => "no", _ => node.ToString() },
    };

    public static string Size(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var (value, unit) = ((double)bytes, 0);
        for (; value >= 1024 && unit < units.Length - 1; unit++) value /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {units[unit]}");
    }
}
