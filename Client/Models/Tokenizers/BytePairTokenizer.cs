using System.Text;

namespace Federated.Client.Models.Tokenizers;

/// <summary>
/// GPT-2's byte-level byte-pair encoding (Radford et al. 2019; Sennrich et al., arXiv 1508.07909): text is cut by <see cref="TextScanner"/>, each piece is a
/// row of bytes, and the adjacent pair that was learned first is merged until none is left. Every text has ids, and the ids give its bytes back.
/// </summary>
public sealed class BytePairTokenizer
{
    const int CacheLimit = 65_536;

    readonly Dictionary<(int Left, int Right), (int Rank, int Id)> _merges;
    readonly int[] _byteIds = new int[256];
    readonly byte[][] _bytesOf;
    readonly Dictionary<string, int[]> _cache = new(StringComparer.Ordinal);

    /// <summary>A tokeniser of a vocabulary and the merges that made it.</summary>
    /// <exception cref="FormatException">Ids do not count from 0, a byte has no token, or a merge names a token that is not there; the message names it.</exception>
    internal BytePairTokenizer(BytePairVocabulary vocabulary)
    {
        Vocabulary = vocabulary;
        _bytesOf = [.. vocabulary.Tokens.Select(Bytes)];
        for (var value = 0; value < 256; value++)
            _byteIds[value] = vocabulary.Find(ByteSymbols.Of((byte)value).ToString()) ?? throw new FormatException($"no token stands for byte {value}.");
        _merges = new(vocabulary.Merges.Count);
        foreach (var (left, right) in vocabulary.Merges)
            _merges.TryAdd((Require(left), Require(right)), (_merges.Count, Require(left + right)));
    }

    /// <summary>Number of ids.</summary>
    public int Count => _bytesOf.Length;

    /// <summary>Id of &lt;|endoftext|&gt;, which stands between documents.</summary>
    public int EndOfText => Vocabulary.EndOfText;

    internal BytePairVocabulary Vocabulary { get; }

    /// <summary>Ids of a text; the end-of-text token is never among them. Not thread-safe.</summary>
    public List<int> Encode(string text)
    {
        var ids = new List<int>(text.Length / 3);
        foreach (var piece in TextScanner.Split(text))
            ids.AddRange(Piece(piece));
        return ids;
    }

    /// <summary>The text of ids; bytes that are no UTF-8 become U+FFFD.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is not of this vocabulary.</exception>
    public string Decode(IEnumerable<int> ids)
    {
        var bytes = new List<byte>();
        foreach (var id in ids)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(id, nameof(ids));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, Count, nameof(ids));
            bytes.AddRange(_bytesOf[id]);
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }

    int[] Piece(string piece)
    {
        if (_cache.TryGetValue(piece, out var known))
            return known;
        var ids = Merge([.. Encoding.UTF8.GetBytes(piece).Select(b => _byteIds[b])]);
        if (_cache.Count < CacheLimit && piece.Length <= 64)
            _cache[piece] = ids;
        return ids;
    }

    int[] Merge(List<int> ids)
    {
        while (ids.Count > 1)
        {
            var (best, at) = ((Rank: int.MaxValue, Id: 0), -1);
            for (var i = 0; i + 1 < ids.Count; i++)
            {
                if (_merges.TryGetValue((ids[i], ids[i + 1]), out var merge) && merge.Rank < best.Rank)
                    (best, at) = (merge, i);
            }
            if (at < 0)
                break;
            MergeAll(ids, (ids[at], ids[at + 1]), best.Id);
        }
        return [.. ids];
    }

    /// <summary>Every occurrence from the left, as the reference does.</summary>
    static void MergeAll(List<int> ids, (int Left, int Right) pair, int merged)
    {
        var to = 0;
        for (var from = 0; from < ids.Count; from++)
        {
            var match = from + 1 < ids.Count && (ids[from], ids[from + 1]) == pair;
            ids[to++] = match ? merged : ids[from];
            from += match ? 1 : 0;
        }
        ids.RemoveRange(to, ids.Count - to);
    }

    int Require(string token) => Vocabulary.Find(token) ?? throw new FormatException($"a merge names '{token}', which is no token.");

    /// <summary>A token's bytes; a special token, whose characters stand for none, is its own text.</summary>
    static byte[] Bytes(string token) => token.All(c => ByteSymbols.Of(c) is not null)
        ? [.. token.Select(c => ByteSymbols.Of(c)!.Value)]
        : Encoding.UTF8.GetBytes(token);
}
