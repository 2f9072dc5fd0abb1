using System.Text;
using Federated.Client.Faults;
using Federated.Client.Storage;
using Federated.Formats.BaseModels;
using Federated.Formats.Safetensors;
using static TorchSharp.torch;

namespace Federated.Client.Models;

/// <summary>A Hugging Face checkpoint as a source of weights.</summary>
sealed class Checkpoint : IWeightSource, IDisposable
{
    const string FileName = "model.safetensors";

    readonly string _path;
    readonly BaseModelFolder _folder;

    Checkpoint(string path, BaseModelFolder folder) => (_path, _folder) = (path, folder);

    /// <exception cref="ClientFault">F520: the folder is missing or malformed.</exception>
    public static Checkpoint Open(string path) => Guard(path, () => new Checkpoint(path, BaseModelFolder.Open(path)));

    /// <summary>The base digest, as 64 lower-case hexadecimal digits.</summary>
    public string Digest() => Guard(_path, () => BaseDigest.Of(_folder));

    public bool Has(string name) => _folder.Find(name) is not null;

    public float[] Read(string name, params ReadOnlySpan<long> shape)
    {
        var wanted = shape.ToArray();
        return Guard(_path, () =>
        {
            var (_, tensor) = _folder.Find(name) ?? throw new FormatException($"there is no tensor '{name}'.");
            return tensor.Shape.SequenceEqual(wanted) ? _folder.ReadSingles(name)
                : throw new FormatException($"tensor '{name}' has shape [{string.Join(", ", tensor.Shape)}]; config.json asks for [{string.Join(", ", wanted)}].");
        });
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Writes model.safetensors whole or not at all.</summary>
    public static void Write(string folder, IReadOnlyList<(string Name, Tensor Value)> tensors)
    {
        Directory.CreateDirectory(folder);
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, tensors.Select(t => TensorContent.Singles(t.Name, t.Value.shape, TensorValues.ToArray(t.Value))));
        DurableFiles.Write(Path.Combine(folder, FileName), stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    public static void WriteText(string folder, string name, string text)
    {
        Directory.CreateDirectory(folder);
        DurableFiles.Write(Path.Combine(folder, name), Encoding.UTF8.GetBytes(text));
    }

    static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw ClientFaults.Model(path, $"cannot be used: {e.Message}", e);
        }
    }
}
