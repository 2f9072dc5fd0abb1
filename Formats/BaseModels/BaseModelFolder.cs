using Federated.Aggregators.Json;
using Federated.Formats.Safetensors;

namespace Federated.Formats.BaseModels;

/// <summary>
/// A Hugging Face model folder: config.json and either model.safetensors, or the shards that model.safetensors.index.json names. Tensors are looked at in
/// place. Messages name files without their folder.
/// </summary>
public sealed class BaseModelFolder : IDisposable
{
    const string Single = "model.safetensors";
    const string Index = "model.safetensors.index.json";
    const long MaxJsonBytes = 256L << 20;

    readonly Dictionary<string, (SafetensorsFile File, TensorEntry Tensor)> _tensors = new(StringComparer.Ordinal);
    readonly List<SafetensorsFile> _files = [];

    BaseModelFolder(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The bytes of config.json.</summary>
    public byte[] Config { get; private set; } = [];

    /// <summary>Tensors in ordinal name order.</summary>
    public IEnumerable<TensorEntry> Tensors => _tensors.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => t.Value.Tensor);

    /// <summary>Opens a folder.</summary>
    /// <exception cref="FormatException">A file is missing or malformed; the message names it.</exception>
    public static BaseModelFolder Open(string path)
    {
        var folder = new BaseModelFolder(path);
        try
        {
            folder.Config = folder.ReadJson("config.json") ?? throw new FormatException("The base model's folder has no config.json.");
            StrictObject.Parse(folder.Config, "config.json");
            foreach (var (shard, names) in folder.Shards())
                folder.AddShard(shard, names);
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>The tensor with a name and the file that holds it, or null.</summary>
    public (SafetensorsFile File, TensorEntry Tensor)? Find(string name) => _tensors.TryGetValue(name, out var found) ? found : null;

    /// <summary>A tensor's values as fp32.</summary>
    /// <exception cref="FormatException">There is no tensor of this name, or it is no floating-point tensor.</exception>
    public float[] ReadSingles(string name)
    {
        var (file, tensor) = Find(name) ?? throw new FormatException($"The base model has no tensor '{name}'.");
        return file.ReadSingles(tensor);
    }

    /// <summary>The bytes of a JSON file of the folder, or null when it does not exist.</summary>
    /// <exception cref="FormatException">It is larger than 256 MiB.</exception>
    public byte[]? ReadJson(string fileName)
    {
        var file = new FileInfo(System.IO.Path.Combine(Path, fileName));
        if (!file.Exists)
            return null;
        return file.Length <= MaxJsonBytes ? File.ReadAllBytes(file.FullName)
            : throw new FormatException($"{fileName} has {file.Length} bytes; at most {MaxJsonBytes} are read.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files)
            file.Dispose();
    }

    // A null list means every tensor of the file.
    IEnumerable<(string File, HashSet<string>? Names)> Shards()
    {
        if (ReadJson(Index) is not { } json)
            return [(Single, null)];
        var index = StrictObject.Parse(json, Index);
        var map = index.Object("weight_map") ?? throw new FormatException($"{Index} has no weight_map.");
        var shards = new SortedDictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var tensor in map.Names())
        {
            var file = map.Text(tensor, maxLength: 255);
            if (System.IO.Path.GetFileName(file) != file || !file.EndsWith(".safetensors", StringComparison.Ordinal))
                throw new FormatException($"{Index} maps '{NearestName.Shorten(tensor)}' to '{NearestName.Shorten(file)}'; the plain name of a .safetensors file is needed.");
            if (!shards.TryGetValue(file, out var names))
                shards[file] = names = new HashSet<string>(StringComparer.Ordinal);
            names.Add(tensor);
        }
        return shards.Select(s => (s.Key, (HashSet<string>?)s.Value));
    }

    void AddShard(string fileName, HashSet<string>? names)
    {
        var path = System.IO.Path.Combine(Path, fileName);
        if (!File.Exists(path))
            throw new FormatException($"The base model's folder has no {fileName}.");
        var file = SafetensorsFile.Open(path);
        _files.Add(file);
        foreach (var name in names ?? file.Tensors.Select(t => t.Name).ToHashSet(StringComparer.Ordinal))
        {
            var tensor = file.Find(name) ?? throw new FormatException($"{Index} says that {fileName} holds '{NearestName.Shorten(name)}'; it does not.");
            _tensors.Add(name, (file, tensor));
        }
    }
}
