using System.Text.Json;

namespace Federated.Client.Models.Vit;

/// <summary>Reads the fields of a ViT's config.json one by one, each with its range.</summary>
sealed class VitConfigFields(ConfigFields fields, JsonElement root)
{
    public VitConfig Read()
    {
        var defaults = new VitConfig();
        var config = new VitConfig
        {
            HiddenSize = fields.Integer("hidden_size", defaults.HiddenSize, 16_384),
            Layers = fields.Integer("num_hidden_layers", defaults.Layers, 1024),
            Heads = fields.Integer("num_attention_heads", defaults.Heads, 1024),
            IntermediateSize = fields.Integer("intermediate_size", defaults.IntermediateSize, 65_536),
            Activation = fields.Choice("hidden_act", defaults.Activation, "gelu", "relu"),
            LayerNormEpsilon = fields.Epsilon("layer_norm_eps", defaults.LayerNormEpsilon),
            ImageSize = fields.Integer("image_size", defaults.ImageSize, 8_192),
            PatchSize = fields.Integer("patch_size", defaults.PatchSize, 8_192),
            Channels = fields.Integer("num_channels", defaults.Channels, 64),
            QkvBias = !root.TryGetProperty("qkv_bias", out var bias) || bias.ValueKind != JsonValueKind.False,
            Labels = Labels(defaults.Labels),
        };
        if (config.HiddenSize % config.Heads != 0)
            throw fields.Wrong($"hidden_size {config.HiddenSize} that num_attention_heads {config.Heads} does not divide");
        if (config.ImageSize % config.PatchSize != 0)
            throw fields.Wrong($"image_size {config.ImageSize} that patch_size {config.PatchSize} does not divide");
        return config;
    }

    IReadOnlyList<string> Labels(IReadOnlyList<string> fallback)
    {
        if (root.TryGetProperty("id2label", out var labels) && labels.ValueKind == JsonValueKind.Object)
        {
            var byIndex = new SortedDictionary<int, string>();
            foreach (var label in labels.EnumerateObject())
                byIndex[int.TryParse(label.Name, out var i) ? i : -1] = label.Value.ToString();
            return byIndex.Count > 0 && byIndex.Keys.SequenceEqual(Enumerable.Range(0, byIndex.Count)) ? [.. byIndex.Values]
                : throw fields.Wrong("an id2label whose keys do not count from 0");
        }
        var count = fields.Integer("num_labels", fallback.Count, 1_000_000);
        return [.. Enumerable.Range(0, count).Select(i => $"LABEL_{i}")];
    }
}
