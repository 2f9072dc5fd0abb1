using System.Text.Json;
using Federated.Client.Faults;

namespace Federated.Client.Models;

/// <summary>Opens a Hugging Face folder with whichever model its config.json names.</summary>
public static class ModelFolder
{
    static readonly Dictionary<string, Func<string, int, IFoundationModel>> Loaders = new(StringComparer.Ordinal)
    {
        [Vit.VitConfig.ModelType] = Vit.VitModel.Load,
        [Gpt2.Gpt2Config.ModelType] = Gpt2.Gpt2Model.Load,
    };

    /// <param name="folder">Where.</param>
    /// <param name="bits">Of a weight of its matrices; see <see cref="BasePrecision"/>.</param>
    /// <exception cref="ClientFault">F520: the folder is missing, incomplete or of an unknown kind.</exception>
    public static IFoundationModel Load(string folder, int bits = BasePrecision.Full)
    {
        var type = TypeOf(folder);
        return Loaders.TryGetValue(type, out var load) ? load(folder, bits)
            : throw ClientFaults.Model(folder, $"has model_type '{type}'. Known: {string.Join(", ", Loaders.Keys.Order(StringComparer.Ordinal))}.");
    }

    static string TypeOf(string folder)
    {
        using var config = ReadJson(folder, "config.json");
        return config.RootElement.ValueKind == JsonValueKind.Object
            && config.RootElement.TryGetProperty("model_type", out var type) && type.ValueKind == JsonValueKind.String
            ? type.GetString()!
            : throw ClientFaults.Model(folder, "has a config.json without model_type.");
    }

    internal static JsonDocument ReadJson(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        if (!Directory.Exists(folder))
            throw ClientFaults.Model(folder, "does not exist.");
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(path));
        }
        catch (JsonException e)
        {
            throw ClientFaults.Model(folder, $"has a {name} that is no valid JSON: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ClientFaults.Model(folder, File.Exists(path) ? $"has an unreadable {name}: {e.Message}" : $"has no {name}.", e);
        }
    }
}
