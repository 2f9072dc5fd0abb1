using Federated.Client.Faults;
using Federated.Client.Models.Tokenizers;

namespace Federated.Client.Data.Text;

/// <summary>
/// Token ids of documents, end-of-text before each, cut into windows of one length. Every id but the very first is predicted exactly once; what is
/// missing of the last window is padded, and padding is not judged.
/// </summary>
public sealed class TokenDataset
{
    readonly int[] _ids;
    readonly int _padding;

    /// <param name="ids">The stream, end-of-text first.</param>
    /// <param name="context">Tokens a window shows to the model, 1 or more.</param>
    /// <param name="padding">An id of the vocabulary.</param>
    /// <exception cref="ClientFault">F511: there is nothing to predict.</exception>
    public TokenDataset(int[] ids, int context, int padding)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(context, 1);
        if (ids.Length < 2)
            throw ClientFaults.DataSplit($"The text has {ids.Length} tokens; 2 or more are needed.");
        (_ids, Context, _padding) = (ids, context, padding);
    }

    public int Context { get; }

    /// <summary>Windows.</summary>
    public int Count => (_ids.Length - 2) / Context + 1;

    /// <summary>Tokens that are predicted.</summary>
    public long Predicted => _ids.Length - 1;

    public static TokenDataset Of(IEnumerable<string> documents, BytePairTokenizer tokenizer, int context)
    {
        var ids = new List<int>();
        foreach (var document in documents)
        {
            ids.Add(tokenizer.EndOfText);
            ids.AddRange(tokenizer.Encode(document));
        }
        return new TokenDataset([.. ids], context, tokenizer.EndOfText);
    }

    /// <summary>Fills one window: what the model sees, and after each token the one that follows, or <paramref name="ignored"/>.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <param name="inputs">As many as <see cref="Context"/>.</param>
    /// <param name="targets">As many as <see cref="Context"/>.</param>
    /// <param name="ignored">Stands where nothing follows.</param>
    public void Window(int index, Span<long> inputs, Span<long> targets, long ignored)
    {
        for (var i = 0; i < Context; i++)
        {
            var at = (long)index * Context + i;
            inputs[i] = at < _ids.Length ? _ids[at] : _padding;
            targets[i] = at + 1 < _ids.Length ? _ids[at + 1] : ignored;
        }
    }
}
