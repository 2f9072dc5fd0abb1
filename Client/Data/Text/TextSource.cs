using System.Text;
using System.Text.Json;
using Federated.Client.Faults;

namespace Federated.Client.Data.Text;

/// <summary>Documents of a file: a whole file of plain UTF-8 text, or one field of every line of JSON.</summary>
public static class TextSource
{
    public const string Plain = "text", JsonLines = "jsonl";

    /// <summary>Largest file that is read, 1 GiB.</summary>
    const long MaximumBytes = 1L << 30;

    /// <summary>The documents of a split, in the file's order; empty ones are left out.</summary>
    /// <param name="kind"><see cref="Plain"/> or <see cref="JsonLines"/>.</param>
    /// <param name="path">UTF-8; bytes that are none become U+FFFD.</param>
    /// <param name="field">Of a JSON line.</param>
    /// <param name="range">Which documents; a pool is for images and is not looked at.</param>
    /// <exception cref="ClientFault">F571: the file is missing, too large or malformed, with the line's number. F511: the split is empty.</exception>
    public static IReadOnlyList<string> Read(string kind, string path, string field, IndexRange range)
    {
        try
        {
            if (new FileInfo(path).Length is var length && length > MaximumBytes)
                throw ClientFaults.TextFile(path, $"has {length} bytes; at most {MaximumBytes} are read.");
            var all = kind == Plain ? [File.ReadAllText(path, Encoding.UTF8)] : Lines(path, field);
            var chosen = all.Skip(range.From).Take(range.Count == 0 ? int.MaxValue : range.Count).Where(d => d.Length > 0).ToList();
            return chosen.Count > 0 ? chosen
                : throw ClientFaults.DataSplit($"'{path}' has no document from index {range.From} on; {all.Count} are in the file.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ClientFaults.TextFile(path, $"cannot be read: {e.Message}", e);
        }
    }

    static List<string> Lines(string path, string field)
    {
        var documents = new List<string>();
        var number = 0;
        foreach (var line in File.ReadLines(path, Encoding.UTF8))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
                documents.Add(Field(path, field, line, number));
        }
        return documents;
    }

    static string Field(string path, string field, string line, int number)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(field, out var text) && text.ValueKind == JsonValueKind.String
                ? text.GetString()!
                : throw ClientFaults.TextFile(path, $"has no text '{field}' in line {number}.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw ClientFaults.TextFile(path, $"has no valid JSON in line {number}: {e.Message}", e);
        }
    }
}
