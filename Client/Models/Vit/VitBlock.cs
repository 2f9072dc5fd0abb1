using static TorchSharp.torch;

namespace Federated.Client.Models.Vit;

/// <summary>One encoder layer: pre-norm attention, then a pre-norm two-layer perceptron, each beside a residual.</summary>
sealed class VitBlock
{
    readonly VitConfig _config;
    readonly VitNorm _before, _after;
    readonly VitAttention _attention;
    readonly LinearSite _intermediate, _output;
    readonly BlockSite _stream;
    readonly PromptSite _prompt;

    public VitBlock(VitConfig config, WeightBook book, VitSites sites, int index)
    {
        _config = config;
        var layer = VitNames.Layer(index);
        _prompt = sites.Add(new PromptSite(layer, config.HiddenSize, isInput: false));
        _attention = new VitAttention(config, book, sites, layer);
        _intermediate = sites.Linear($"{layer}.intermediate.dense", config.IntermediateSize, config.HiddenSize);
        _output = sites.Linear($"{layer}.output.dense", config.HiddenSize, config.IntermediateSize);
        _before = new VitNorm(config, book, sites, $"{layer}.layernorm_before");
        _after = new VitNorm(config, book, sites, $"{layer}.layernorm_after");
        _stream = sites.Add(new BlockSite(layer, config.HiddenSize));
    }

    /// <summary>[b, t, d] -> [b, kept, d]: the first <paramref name="kept"/> tokens. The block's own prompt vectors are attended to, and are not among them.</summary>
    public Tensor Forward(Tensor tokens, long kept)
    {
        var (batch, width) = (tokens.shape[0], _config.HiddenSize);
        var residual = (kept < tokens.shape[1] ? tokens.narrow(1, 0, kept) : tokens).reshape(batch * kept, width);
        var attended = residual.add(_attention.Forward(_before.Forward(_prompt.Append(tokens)), kept));
        var hidden = Activate(_intermediate.Apply(_after.Forward(attended)));
        return _stream.Adapt(attended, attended.add(_output.Apply(hidden))).view(batch, kept, width);
    }

    Tensor Activate(Tensor input) => _config.Activation == "relu" ? nn.functional.relu(input) : nn.functional.gelu(input);
}
