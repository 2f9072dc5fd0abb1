using System.Text.Json;
using Federated.Client.Faults;

namespace Federated.Client.Models.Vit;

/// <summary>Reads the fields of a ViT's config.json one by one, each with its range.</summary>
sealed class VitConfigFields(string folder, JsonElement root)
{
    public VitConfig Read()
    {
        var defaults = new VitConfig();
        var config = new VitConfig
        {
            HiddenSize = Integer("hidden_size", defaults.HiddenSize, 16_384),
            Layers = Integer("num_hidden_layers", defaults.Layers, 1024),
            Heads = Integer("num_attention_heads", defaults.Heads, 1024),
            IntermediateSize = Integer("intermediate_size", defaults.IntermediateSize, 65_536),
            Activation = Activation(defaults.Activation),
            LayerNormEpsilon = Epsilon(defaults.LayerNormEpsilon),
            ImageSize = Integer("image_size", defaults.ImageSize, 8_192),
            PatchSize = Integer("patch_size", defaults.PatchSize, 8_192),
            Channels = Integer("num_channels", defaults.Channels, 64),
            QkvBias = !root.TryGetProperty("qkv_bias", out var bias) || bias.ValueKind != JsonValueKind.False,
            Labels = Labels(defaults.Labels),
        };
        if (config.HiddenSize % config.Heads != 0)
            throw Wrong($"hidden_size {config.HiddenSize} that num_attention_heads {config.Heads} does not divide");
        if (config.ImageSize % config.PatchSize != 0)
            throw Wrong($"image_size {config.ImageSize} that patch_size {config.PatchSize} does not divide");
        return config;
    }

    int Integer(string name, int fallback, int maximum)
    {
        if (!root.TryGetProperty(name, out var value))
            return fallback;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 1 && number <= maximum ? number
            : throw Wrong($"{name} {value.GetRawText()}; 1 to {maximum} is allowed");
    }

    double Epsilon(double fallback)
    {
        if (!root.TryGetProperty("layer_norm_eps", out var value))
            return fallback;
        return value.ValueKind == JsonValueKind.Number && value.GetDouble() is > 0 and < 1 ? value.GetDouble()
            : throw Wrong($"layer_norm_eps {value.GetRawText()}; above 0 and below 1 is allowed");
    }

    string Activation(string fallback)
    {
        if (!root.TryGetProperty("hidden_act", out var value))
            return fallback;
        return value.ValueKind == JsonValueKind.String && value.GetString() is "gelu" or "relu" ? value.GetString()!
            : throw Wrong($"hidden_act {value.GetRawText()}; gelu and relu are known");
    }

    IReadOnlyList<string> Labels(IReadOnlyList<string> fallback)
    {
        if (root.TryGetProperty("id2label", out var labels) && labels.ValueKind == JsonValueKind.Object)
        {
            var byIndex = new SortedDictionary<int, string>();
            foreach (var label in labels.EnumerateObject())
                byIndex[int.TryParse(label.Name, out var i) ? i : -1] = label.Value.ToString();
            return byIndex.Count > 0 && byIndex.Keys.SequenceEqual(Enumerable.Range(0, byIndex.Count)) ? [.. byIndex.Values]
                : throw Wrong("an id2label whose keys do not count from 0");
        }
        var count = Integer("num_labels", fallback.Count, 1_000_000);
        return [.. Enumerable.Range(0, count).Select(i => $"LABEL_{i}")];
    }

    ClientFault Wrong(string what) => ClientFaults.Model(folder, $"has a config.json with {what}.");
}
