using Federated.Aggregators.Adapters;
using static TorchSharp.torch;

namespace Federated.Client.Models.Vit;

/// <summary>Image to tokens: each patch times the projection, the class token before them, positions added, prompt vectors last.</summary>
sealed class VitEmbeddings
{
    readonly VitConfig _config;
    readonly WeightSite _classToken, _positions, _projection;
    readonly PromptSite _prompt;

    public VitEmbeddings(VitConfig config, WeightBook book, VitSites sites)
    {
        _config = config;
        _classToken = sites.Table(VitNames.ClassToken, 1, 1, config.HiddenSize);
        _positions = sites.Table(VitNames.Positions, 1, config.Grid * config.Grid + 1, config.HiddenSize);
        _projection = sites.Add(new WeightSite(new Site(SiteKind.Embedding, VitNames.Projection),
            book.Add($"{VitNames.Projection}.weight", config.HiddenSize, config.Channels, config.PatchSize, config.PatchSize),
            book.Add($"{VitNames.Projection}.bias", config.HiddenSize)));
        _prompt = sites.Add(new PromptSite(VitNames.Embeddings, config.HiddenSize, isInput: true));
    }

    /// <summary>[b, channels, size, size] -> [b, 1 + patches + prompts, hidden]</summary>
    public Tensor Forward(Tensor images)
    {
        var (batch, grid, patch) = (images.shape[0], _config.Grid, _config.PatchSize);
        // A convolution whose stride is its kernel is one matrix product over the cut-out patches.
        var patches = images.reshape(batch, _config.Channels, grid, patch, grid, patch)
            .permute(0, 2, 4, 1, 3, 5)
            .reshape(batch, grid * grid, _config.Channels * patch * patch);
        var embedded = nn.functional.linear(patches, _projection.CurrentWeight.reshape(_config.HiddenSize, -1), _projection.CurrentBias);
        return _prompt.Append(cat([_classToken.CurrentWeight.expand(batch, -1, -1), embedded], 1).add(_positions.CurrentWeight));
    }
}
