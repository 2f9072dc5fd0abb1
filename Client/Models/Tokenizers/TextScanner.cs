using System.Globalization;
using System.Text;

namespace Federated.Client.Models.Tokenizers;

/// <summary>
/// Cuts text into the pieces that byte-pair merges never cross, as GPT-2's pattern does:
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c> over code points.
/// .NET's expressions see UTF-16 units, to which letters beyond the first plane are no letters.
/// </summary>
static class TextScanner
{
    enum Kind
    {
        Space,
        Letter,
        Number,
        Other,
    }

    static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    public static IEnumerable<string> Split(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var length = Next(text.AsSpan(at));
            yield return text.Substring(at, length);
            at += length;
        }
    }

    static int Next(ReadOnlySpan<char> text)
    {
        foreach (var contraction in Contractions)
        {
            if (text.StartsWith(contraction, StringComparison.Ordinal))
                return contraction.Length;
        }
        var (kind, length) = At(text);
        if (kind != Kind.Space)
            return Run(text, 0, kind);
        // One blank joins the word after it; of a longer run, the last blank does.
        if (text[0] == ' ' && text.Length > 1 && At(text[1..]) is var (next, _) && next != Kind.Space)
            return Run(text, 1, next);
        var run = Run(text, 0, Kind.Space);
        return run == text.Length || run == length ? run : run - LastLength(text[..run]);
    }

    /// <summary>Where the run of one kind that begins at <paramref name="from"/> ends.</summary>
    static int Run(ReadOnlySpan<char> text, int from, Kind kind)
    {
        while (from < text.Length && At(text[from..]) is var (own, length) && own == kind)
            from += length;
        return from;
    }

    static int LastLength(ReadOnlySpan<char> text) => Rune.DecodeLastFromUtf16(text, out _, out var length) == System.Buffers.OperationStatus.Done ? length : 1;

    static (Kind Kind, int Length) At(ReadOnlySpan<char> text)
    {
        if (Rune.DecodeFromUtf16(text, out var rune, out var length) != System.Buffers.OperationStatus.Done)
            return (Kind.Other, 1);
        if (Rune.IsWhiteSpace(rune))
            return (Kind.Space, length);
        return (Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Kind.Other,
        }, length);
    }
}
