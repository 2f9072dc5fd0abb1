using System.Runtime.InteropServices;
using Federated.Formats.Safetensors;

namespace Federated.Formats.Peft;

/// <summary>A peft LoRA adapter: adapter_config.json and adapter_model.safetensors with peft's own tensor names.</summary>
/// <param name="Config">What the configuration says.</param>
/// <param name="Tensors">In the file's order.</param>
public sealed record PeftFolder(PeftLoraConfig Config, IReadOnlyList<PeftTensor> Tensors)
{
    /// <summary>Name of the configuration's file.</summary>
    public const string ConfigFile = "adapter_config.json";

    /// <summary>Name of the tensors' file.</summary>
    public const string TensorsFile = "adapter_model.safetensors";

    /// <summary>Reads a folder.</summary>
    /// <exception cref="FormatException">A file is missing or malformed, or says something that is not read here; the message names it.</exception>
    public static PeftFolder Read(string folder)
    {
        foreach (var name in new[] { ConfigFile, TensorsFile })
        {
            if (!File.Exists(Path.Combine(folder, name)))
                throw new FormatException($"The adapter's folder has no {name}.");
        }
        var config = PeftLoraConfigJson.Read(File.ReadAllBytes(Path.Combine(folder, ConfigFile)));
        using var file = SafetensorsFile.Open(Path.Combine(folder, TensorsFile));
        return new PeftFolder(config, [.. file.Tensors.Select(t => new PeftTensor(t.Name, t.Shape, file.ReadSingles(t)))]);
    }

    /// <summary>Writes both files into an existing or new folder; equal adapters give equal bytes.</summary>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, ConfigFile), ConfigBytes());
        using var stream = new FileStream(Path.Combine(folder, TensorsFile), FileMode.Create, FileAccess.Write);
        WriteTensors(stream);
    }

    /// <summary>The bytes of adapter_config.json.</summary>
    public byte[] ConfigBytes() => PeftLoraConfigJson.Write(Config);

    /// <summary>Writes adapter_model.safetensors in fp32.</summary>
    public void WriteTensors(Stream to) => SafetensorsWriter.Write(to, [.. Tensors.Select(t => new TensorForm(t.Name, TensorType.F32, t.Shape))],
        name => MemoryMarshal.AsBytes<float>(Tensors.First(t => t.Name == name).Values));
}
