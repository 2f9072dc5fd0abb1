namespace Federated.Client.Models.Gpt2;

/// <summary>Reads the fields of a GPT-2's config.json one by one, each with its range.</summary>
static class Gpt2ConfigFields
{
    // Fields whose other value would need a computation that is not made here.
    static readonly (string Name, bool Wanted)[] Fixed =
    [
        ("tie_word_embeddings", true), ("scale_attn_weights", true), ("scale_attn_by_inverse_layer_idx", false), ("add_cross_attention", false),
    ];

    public static Gpt2Config Read(ConfigFields fields)
    {
        var defaults = new Gpt2Config();
        var hidden = fields.Integer("n_embd", defaults.HiddenSize, 16_384);
        var config = new Gpt2Config
        {
            Vocabulary = fields.Integer("vocab_size", defaults.Vocabulary, 1 << 20),
            Positions = fields.Integer("n_positions", defaults.Positions, 65_536),
            HiddenSize = hidden,
            Layers = fields.Integer("n_layer", defaults.Layers, 1024),
            Heads = fields.Integer("n_head", defaults.Heads, 1024),
            InnerSize = fields.Integer("n_inner", 4 * hidden, 65_536),
            Activation = fields.Choice("activation_function", defaults.Activation, "gelu_new", "gelu", "relu"),
            LayerNormEpsilon = fields.Epsilon("layer_norm_epsilon", defaults.LayerNormEpsilon),
        };
        foreach (var (name, wanted) in Fixed)
        {
            if (fields.Flag(name, wanted) != wanted)
                throw fields.Wrong($"{name} {!wanted}; only {wanted} is computed here");
        }
        return config.HiddenSize % config.Heads == 0 ? config : throw fields.Wrong($"n_embd {config.HiddenSize} that n_head {config.Heads} does not divide");
    }
}
