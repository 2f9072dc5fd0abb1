using System.Globalization;

namespace Federated.Cli.Aggregation;

/// <summary>One <c>--client DIR[:WEIGHT]</c>. A text that is an existing folder as a whole has no weight in it.</summary>
sealed record ClientArgument(string Folder, double Weight)
{
    public static ClientArgument Parse(string text)
    {
        var cut = text.LastIndexOf(':');
        if (cut < 0 || Directory.Exists(text)) return new(Trimmed(text), 1);
        if (!double.TryParse(text[(cut + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) || !(weight >= 0 && double.IsFinite(weight)))
            throw Refused.Words($"--client '{text}' has weight '{text[(cut + 1)..]}'; a finite number of 0 or more is needed after the colon.");
        return new(Trimmed(text[..cut]), weight);
    }

    static string Trimmed(string folder) => folder.Length > 0 ? Path.TrimEndingDirectorySeparator(folder) : throw Refused.Words("--client needs a folder.");
}
