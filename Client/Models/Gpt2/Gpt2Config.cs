using System.Text.Json.Nodes;
using Federated.Client.Faults;

namespace Federated.Client.Models.Gpt2;

/// <summary>The fields of a GPT-2's config.json that shape the computation; defaults are those of transformers' GPT2Config.</summary>
public sealed record Gpt2Config
{
    public const string ModelType = "gpt2";

    public int Vocabulary { get; init; } = 50_257;

    /// <summary>Longest text in tokens.</summary>
    public int Positions { get; init; } = 1024;

    public int HiddenSize { get; init; } = 768;
    public int Layers { get; init; } = 12;
    public int Heads { get; init; } = 12;
    public int InnerSize { get; init; } = 3072;

    /// <summary>"gelu_new" (the tanh form), "gelu" (by erf) or "relu".</summary>
    public string Activation { get; init; } = "gelu_new";

    public double LayerNormEpsilon { get; init; } = 1e-5;

    public int HeadSize => HiddenSize / Heads;

    /// <summary>Reads config.json.</summary>
    /// <exception cref="ClientFault">F520: a field is out of range, contradicts another, or asks for a computation that is not made here.</exception>
    public static Gpt2Config Load(string folder)
    {
        using var json = ModelFolder.ReadJson(folder, "config.json");
        return Gpt2ConfigFields.Read(new ConfigFields(folder, json.RootElement));
    }

    /// <summary>The config.json that transformers reads.</summary>
    public string ToJson() => new JsonObject
    {
        ["activation_function"] = Activation,
        ["architectures"] = new JsonArray("GPT2LMHeadModel"),
        ["attn_pdrop"] = 0.0,
        ["bos_token_id"] = Vocabulary - 1,
        ["embd_pdrop"] = 0.0,
        ["eos_token_id"] = Vocabulary - 1,
        ["initializer_range"] = 0.02,
        ["layer_norm_epsilon"] = LayerNormEpsilon,
        ["model_type"] = ModelType,
        ["n_embd"] = HiddenSize,
        ["n_head"] = Heads,
        ["n_inner"] = InnerSize,
        ["n_layer"] = Layers,
        ["n_positions"] = Positions,
        ["resid_pdrop"] = 0.0,
        ["tie_word_embeddings"] = true,
        ["torch_dtype"] = "float32",
        ["vocab_size"] = Vocabulary,
    }.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true }) + "\n";
}
