using static TorchSharp.torch;

namespace Federated.Client.Models.Vit;

/// <summary>One encoder layer: pre-norm attention, then a pre-norm two-layer perceptron, each beside a residual.</summary>
sealed class VitBlock
{
    readonly VitConfig _config;
    readonly VitNorm _before, _after;
    readonly VitAttention _attention;
    readonly LinearSite _intermediate, _output;

    public VitBlock(VitConfig config, WeightBook book, VitSites sites, int index)
    {
        _config = config;
        var layer = VitNames.Layer(index);
        _attention = new VitAttention(config, book, sites, layer);
        _intermediate = sites.Linear($"{layer}.intermediate.dense", config.IntermediateSize, config.HiddenSize);
        _output = sites.Linear($"{layer}.output.dense", config.HiddenSize, config.IntermediateSize);
        _before = new VitNorm(config, book, $"{layer}.layernorm_before");
        _after = new VitNorm(config, book, $"{layer}.layernorm_after");
    }

    /// <summary>[b, t, d] -> [b, kept, d]: the first <paramref name="kept"/> tokens.</summary>
    public Tensor Forward(Tensor tokens, long kept)
    {
        var (batch, width) = (tokens.shape[0], _config.HiddenSize);
        var residual = (kept < tokens.shape[1] ? tokens.narrow(1, 0, kept) : tokens).reshape(batch * kept, width);
        var attended = residual.add(_attention.Forward(_before.Forward(tokens), kept));
        var hidden = Activate(_intermediate.Apply(_after.Forward(attended)));
        return attended.add(_output.Apply(hidden)).view(batch, kept, width);
    }

    Tensor Activate(Tensor input) => _config.Activation == "relu" ? nn.functional.relu(input) : nn.functional.gelu(input);
}
