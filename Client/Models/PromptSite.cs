using Federated.Aggregators.Adapters;
using static TorchSharp.torch;

namespace Federated.Client.Models;

/// <summary>Where trained vectors join the tokens: before the first block, or before one block alone.</summary>
/// <param name="path">The embeddings' path, or a block's.</param>
/// <param name="width">Length of a token.</param>
/// <param name="isInput">Whether the vectors stay for all blocks; a block's own are dropped after it.</param>
public sealed class PromptSite(string path, int width, bool isInput) : ModelSite(new Site(SiteKind.InputTokens, path))
{
    Tensor? _prompt;

    public int Width => width;

    public bool IsInput => isInput;

    /// <summary>Vectors at work now.</summary>
    public long Length => _prompt?.shape[^2] ?? 0;

    /// <param name="prompt">[m, width], or [b, m, width] where every example has its own.</param>
    /// <exception cref="InvalidOperationException">Other vectors are at work here.</exception>
    public void Set(Tensor prompt) =>
        _prompt = _prompt is null ? prompt : throw new InvalidOperationException($"Site '{Path}' already has prompt vectors.");

    /// <summary>Takes these vectors out; others stay.</summary>
    public void Clear(Tensor prompt)
    {
        if (ReferenceEquals(prompt, _prompt))
            _prompt = null;
    }

    /// <summary>[b, t, width] -> [b, t + m, width], the vectors last.</summary>
    public Tensor Append(Tensor tokens) => _prompt is null ? tokens : cat([tokens, Expand(tokens)], 1);

    /// <summary>[b, t, width] -> [b, m + t, width], the vectors first.</summary>
    public Tensor Prepend(Tensor tokens) => _prompt is null ? tokens : cat([Expand(tokens), tokens], 1);

    Tensor Expand(Tensor tokens) => _prompt!.dim() == 3 ? _prompt : _prompt.unsqueeze(0).expand(tokens.shape[0], -1, -1);
}
