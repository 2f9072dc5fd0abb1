using static TorchSharp.torch;

namespace Federated.Client.Models.Vit;

/// <summary>Image to tokens: each patch times the projection, the class token before them, positions added.</summary>
sealed class VitEmbeddings
{
    readonly VitConfig _config;
    readonly Tensor _classToken, _positions, _projection, _bias;

    public VitEmbeddings(VitConfig config, WeightBook book)
    {
        _config = config;
        _classToken = book.Add(VitNames.ClassToken, 1, 1, config.HiddenSize);
        _positions = book.Add(VitNames.Positions, 1, config.Grid * config.Grid + 1, config.HiddenSize);
        _projection = book.Add($"{VitNames.Projection}.weight", config.HiddenSize, config.Channels, config.PatchSize, config.PatchSize);
        _bias = book.Add($"{VitNames.Projection}.bias", config.HiddenSize);
    }

    /// <summary>[b, channels, size, size] -> [b, 1 + patches, hidden]</summary>
    public Tensor Forward(Tensor images)
    {
        var (batch, grid, patch) = (images.shape[0], _config.Grid, _config.PatchSize);
        // A convolution whose stride is its kernel is one matrix product over the cut-out patches.
        var patches = images.reshape(batch, _config.Channels, grid, patch, grid, patch)
            .permute(0, 2, 4, 1, 3, 5)
            .reshape(batch, grid * grid, _config.Channels * patch * patch);
        var embedded = nn.functional.linear(patches, _projection.view(_config.HiddenSize, -1), _bias);
        return cat([_classToken.expand(batch, -1, -1), embedded], 1).add(_positions);
    }
}
