using static TorchSharp.torch;

namespace Federated.Client.Models.Gpt2;

/// <summary>One decoder layer: pre-norm causal attention, then a pre-norm two-layer perceptron, each beside a residual.</summary>
sealed class Gpt2Block
{
    readonly Gpt2Config _config;
    readonly WeightSite _before, _after;
    readonly LinearSite _fused, _mixed, _inner, _output;
    readonly BlockSite _stream;
    readonly PromptSite _prompt;

    public Gpt2Block(Gpt2Config config, Gpt2Sites sites, int index)
    {
        _config = config;
        var layer = Gpt2Names.Layer(index);
        _prompt = sites.Add(new PromptSite(layer, config.HiddenSize, isInput: false));
        _before = sites.Norm($"{layer}.ln_1", config.HiddenSize);
        _fused = sites.Linear($"{layer}.attn.c_attn", 3 * config.HiddenSize, config.HiddenSize);
        _mixed = sites.Linear($"{layer}.attn.c_proj", config.HiddenSize, config.HiddenSize);
        _after = sites.Norm($"{layer}.ln_2", config.HiddenSize);
        _inner = sites.Linear($"{layer}.mlp.c_fc", config.InnerSize, config.HiddenSize);
        _output = sites.Linear($"{layer}.mlp.c_proj", config.HiddenSize, config.InnerSize);
        _stream = sites.Add(new BlockSite(layer, config.HiddenSize));
    }

    /// <summary>[b, t, d] -> [b, t, d]. The block's own prompt vectors stand before the tokens, are attended to, and are dropped.</summary>
    public Tensor Forward(Tensor tokens)
    {
        var (batch, length, width) = (tokens.shape[0], tokens.shape[1], _config.HiddenSize);
        var residual = tokens.reshape(batch * length, width);
        var attended = residual.add(Attend(Normalise(_before, _prompt.Prepend(tokens)), length));
        var hidden = Activate(_inner.Apply(Normalise(_after, attended)));
        return _stream.Adapt(attended, attended.add(_output.Apply(hidden))).view(batch, length, width);
    }

    /// <summary>Causal attention of the last <paramref name="queries"/> tokens; what stands before them they all see.</summary>
    /// <param name="tokens">[b, t, d]</param>
    /// <param name="queries">1 to t.</param>
    /// <returns>[b * queries, d]</returns>
    Tensor Attend(Tensor tokens, long queries)
    {
        var (batch, length, width) = (tokens.shape[0], tokens.shape[1], _config.HiddenSize);
        var fused = _fused.Apply(tokens.reshape(batch * length, width)).view(batch, length, 3, _config.Heads, _config.HeadSize).permute(2, 0, 3, 1, 4);
        var query = fused.select(0, 0);                                                 // [b, heads, t, d / heads]
        if (queries < length)
            query = query.narrow(2, length - queries, queries);
        var mask = ones([queries, length], ScalarType.Bool).tril(length - queries);
        var mixed = nn.functional.scaled_dot_product_attention(query, fused.select(0, 1), fused.select(0, 2), mask);
        return _mixed.Apply(mixed.transpose(1, 2).reshape(batch * queries, width));
    }

    Tensor Normalise(WeightSite norm, Tensor input) =>
        nn.functional.layer_norm(input, [_config.HiddenSize], norm.CurrentWeight, norm.CurrentBias, _config.LayerNormEpsilon);

    Tensor Activate(Tensor input) => _config.Activation switch
    {
        "relu" => nn.functional.relu(input),
        "gelu" => nn.functional.gelu(input),
        _ => GeluByTanh(input),
    };

    /// <summary>0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))</summary>
    static Tensor GeluByTanh(Tensor x) => x.mul(x.mul(x).mul(0.044715).add(1).mul(x).mul(Math.Sqrt(2 / Math.PI)).tanh().add(1)).mul(0.5);
}
