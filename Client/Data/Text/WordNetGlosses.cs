using System.Text;
using Federated.Client.Faults;

namespace Federated.Client.Data.Text;

/// <summary>The definitions of WordNet's data files as short documents, "word, other word: definition; "example"".</summary>
public static class WordNetGlosses
{
    static readonly string[] Files = ["data.noun", "data.verb", "data.adj", "data.adv"];

    /// <summary>All of them, in the files' order.</summary>
    /// <param name="folder">Where data.noun, data.verb, data.adj and data.adv lie; Debian's wordnet-base has them in /usr/share/wordnet.</param>
    /// <exception cref="ClientFault">F571: a file is missing or is none of WordNet's.</exception>
    public static IReadOnlyList<string> Read(string folder)
    {
        var documents = new List<string>();
        foreach (var path in Files.Select(f => Path.Combine(folder, f)))
        {
            try
            {
                // The licence stands at the top, its lines indented.
                documents.AddRange(File.ReadLines(path, Encoding.UTF8).Where(l => !l.StartsWith(' ')).Select(l => Document(path, l)));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw ClientFaults.TextFile(path, $"cannot be read: {e.Message}", e);
            }
        }
        return documents;
    }

    /// <summary>offset lex_filenum ss_type w_cnt word lex_id [word lex_id...] ... | gloss; see wndb(5).</summary>
    static string Document(string path, string line)
    {
        var cut = line.IndexOf('|');
        var fields = line[..Math.Max(cut, 0)].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (cut < 0 || fields.Length < 6 || !int.TryParse(fields[3], System.Globalization.NumberStyles.HexNumber, null, out var count) || fields.Length < 4 + 2 * count)
            throw ClientFaults.TextFile(path, $"has a line that is none of WordNet's: '{line[..Math.Min(line.Length, 40)]}'.");
        var words = Enumerable.Range(0, count).Select(i => fields[4 + 2 * i].Replace('_', ' '));
        return $"{string.Join(", ", words)}: {line[(cut + 1)..].Trim()}";
    }
}
