using System.Text.Json;
using System.Text.Json.Nodes;
using Federated.Client.Data;
using Federated.Client.Data.Domains;
using Federated.Client.Faults;
using Federated.Client.Models;

namespace Federated.Client.Training;

/// <summary>preprocessor_config.json beside a base model: how pixels become the model's input.</summary>
public static class Preprocessor
{
    const string FileName = "preprocessor_config.json";

    /// <summary>Reads the normalisation of a folder; mean and deviation 0.5 where it says nothing, as transformers' ViT.</summary>
    /// <exception cref="ClientFault">F520: the file is damaged, or a deviation is not above 0.</exception>
    public static Normalization Load(string folder)
    {
        if (!File.Exists(Path.Combine(folder, FileName)))
            return Normalization.Default;
        using var json = ModelFolder.ReadJson(folder, FileName);
        var read = new Normalization(First(json.RootElement, "image_mean"), First(json.RootElement, "image_std"));
        return read.Deviation > 0 && float.IsFinite(read.Mean) ? read
            : throw ClientFaults.Model(folder, $"has a {FileName} with image_mean {read.Mean} and image_std {read.Deviation}; finite numbers and a deviation above 0 are needed.");
    }

    public static void Save(string folder, Normalization normalization, ImageShape shape) => Checkpoint.WriteText(folder, FileName, new JsonObject
    {
        ["do_normalize"] = true,
        ["do_rescale"] = true,
        ["do_resize"] = true,
        ["image_mean"] = new JsonArray(normalization.Mean),
        ["image_processor_type"] = "ViTImageProcessor",
        ["image_std"] = new JsonArray(normalization.Deviation),
        ["rescale_factor"] = 1 / 255.0,
        ["size"] = new JsonObject { ["height"] = shape.Rows, ["width"] = shape.Columns },
    }.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");

    static float First(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
        && list.GetArrayLength() > 0 && list[0].ValueKind == JsonValueKind.Number
            ? list[0].GetSingle() : 0.5f;
}
