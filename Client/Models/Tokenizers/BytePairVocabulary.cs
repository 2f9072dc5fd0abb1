namespace Federated.Client.Models.Tokenizers;

/// <summary>Tokens by id and the merges in the order they were learned.</summary>
sealed class BytePairVocabulary
{
    public const string EndOfTextToken = "<|endoftext|>";

    readonly Dictionary<string, int> _ids;

    /// <exception cref="FormatException">A token stands twice, or there is no end-of-text token.</exception>
    public BytePairVocabulary(IReadOnlyList<string> tokens, IReadOnlyList<(string Left, string Right)> merges)
    {
        (Tokens, Merges) = (tokens, merges);
        _ids = new(tokens.Count, StringComparer.Ordinal);
        for (var id = 0; id < tokens.Count; id++)
        {
            if (!_ids.TryAdd(tokens[id], id))
                throw new FormatException($"token '{tokens[id]}' has two ids, {_ids[tokens[id]]} and {id}.");
        }
        EndOfText = Find(EndOfTextToken) ?? throw new FormatException($"there is no token '{EndOfTextToken}'.");
    }

    public IReadOnlyList<string> Tokens { get; }

    public IReadOnlyList<(string Left, string Right)> Merges { get; }

    public int EndOfText { get; }

    public int? Find(string token) => _ids.TryGetValue(token, out var id) ? id : null;

    /// <summary>
    /// The vocabulary after the first merges only, for small models: the first <paramref name="size"/> - 1 tokens, whose ids stay, and end-of-text.
    /// GPT-2's ids are in the order of its merges, so a piece that needs no later merge keeps its ids.
    /// </summary>
    /// <exception cref="FormatException">Ids are not in the order of merges, or the size is out of range.</exception>
    public BytePairVocabulary First(int size)
    {
        if (size < 257 || size > Tokens.Count)
            throw new FormatException($"a vocabulary of {size} tokens was asked for; 257 to {Tokens.Count} are there.");
        if (size == Tokens.Count)
            return this;
        var count = size - 257;
        for (var i = 0; i < count; i++)
        {
            if (Tokens[256 + i] != Merges[i].Left + Merges[i].Right)
                throw new FormatException($"token {256 + i} is '{Tokens[256 + i]}', which merge {i} does not make; only a vocabulary in the order of its merges can be cut.");
        }
        return new BytePairVocabulary([.. Tokens.Take(size - 1), EndOfTextToken], [.. Merges.Take(count)]);
    }
}
