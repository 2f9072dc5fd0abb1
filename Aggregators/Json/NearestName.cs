namespace Federated.Aggregators.Json;

/// <summary>Finds the known name that a mistyped one most resembles, for error messages.</summary>
public static class NearestName
{
    /// <summary>The member of <paramref name="known"/> with the smallest edit distance (ordinal order breaks ties), or null when there is none.</summary>
    public static string? Of(string name, IEnumerable<string> known) =>
        known.OrderBy(k => Distance(name, k)).ThenBy(k => k, StringComparer.Ordinal).FirstOrDefault();

    /// <summary>A full sentence: what is unknown, the nearest known name, and all known names.</summary>
    public static string Sentence(string what, string name, IReadOnlyCollection<string> known) =>
        known.Count == 0
            ? $"{what} '{Shorten(name)}' is unknown; none is allowed here."
            : $"{what} '{Shorten(name)}' is unknown; did you mean '{Of(Shorten(name), known)}'? Known: {string.Join(", ", known.Order(StringComparer.Ordinal))}.";

    /// <summary>The name itself, or its first 64 characters: what a remote caller sent must not fill a log.</summary>
    public static string Shorten(string name) => name.Length <= 64 ? name : name[..64] + "...";

    static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, 1 + Math.Min(row[j], row[j - 1]));
            }
        }
        return row[b.Length];
    }
}
