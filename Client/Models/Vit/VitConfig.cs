using System.Text.Json;
using System.Text.Json.Nodes;
using Federated.Client.Faults;

namespace Federated.Client.Models.Vit;

/// <summary>The fields of a ViT's config.json that shape the computation; defaults are those of transformers' ViTConfig.</summary>
public sealed record VitConfig
{
    public const string ModelType = "vit";

    public int HiddenSize { get; init; } = 768;
    public int Layers { get; init; } = 12;
    public int Heads { get; init; } = 12;
    public int IntermediateSize { get; init; } = 3072;

    /// <summary>"gelu" (the exact one, by erf) or "relu".</summary>
    public string Activation { get; init; } = "gelu";

    public double LayerNormEpsilon { get; init; } = 1e-12;
    public int ImageSize { get; init; } = 224;
    public int PatchSize { get; init; } = 16;
    public int Channels { get; init; } = 3;
    public bool QkvBias { get; init; } = true;
    public IReadOnlyList<string> Labels { get; init; } = ["LABEL_0", "LABEL_1"];

    /// <summary>Patches along one side of the image.</summary>
    public int Grid => ImageSize / PatchSize;

    public int HeadSize => HiddenSize / Heads;

    /// <summary>Reads config.json.</summary>
    /// <exception cref="ClientFault">F520: a field is out of range or contradicts another.</exception>
    public static VitConfig Load(string folder)
    {
        using var json = ModelFolder.ReadJson(folder, "config.json");
        return new VitConfigFields(new ConfigFields(folder, json.RootElement), json.RootElement).Read();
    }

    /// <summary>The config.json that transformers reads.</summary>
    public string ToJson() => new JsonObject
    {
        ["architectures"] = new JsonArray("ViTForImageClassification"),
        ["attention_probs_dropout_prob"] = 0.0,
        ["encoder_stride"] = PatchSize,
        ["hidden_act"] = Activation,
        ["hidden_dropout_prob"] = 0.0,
        ["hidden_size"] = HiddenSize,
        ["id2label"] = new JsonObject(Labels.Select((l, i) => KeyValuePair.Create($"{i}", (JsonNode?)l))),
        ["image_size"] = ImageSize,
        ["initializer_range"] = 0.02,
        ["intermediate_size"] = IntermediateSize,
        ["label2id"] = new JsonObject(Labels.Select((l, i) => KeyValuePair.Create(l, (JsonNode?)i))),
        ["layer_norm_eps"] = LayerNormEpsilon,
        ["model_type"] = ModelType,
        ["num_attention_heads"] = Heads,
        ["num_channels"] = Channels,
        ["num_hidden_layers"] = Layers,
        ["patch_size"] = PatchSize,
        ["qkv_bias"] = QkvBias,
        ["torch_dtype"] = "float32",
    }.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n";
}
