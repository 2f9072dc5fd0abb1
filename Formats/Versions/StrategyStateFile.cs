using System.Runtime.InteropServices;
using Federated.Aggregators.Strategies;
using Federated.Formats.Safetensors;

namespace Federated.Formats.Versions;

/// <summary>A strategy's state as safetensors: each array in fp32 [length] under its name. Equal states give equal bytes.</summary>
public static class StrategyStateFile
{
    /// <summary>Writes a state.</summary>
    public static void Write(Stream to, StrategyState state) =>
        SafetensorsWriter.Write(to, state.Tensors.Select(t => new TensorContent(t.Key, TensorType.F32, [t.Value.Length], MemoryMarshal.AsBytes(t.Value.Span).ToArray())));

    /// <summary>Reads a state.</summary>
    /// <exception cref="FormatException">A tensor is no F32 vector.</exception>
    public static StrategyState Read(SafetensorsFile file) => new(file.Tensors.Select(t => t is { Type: TensorType.F32, Shape.Count: 1 }
        ? KeyValuePair.Create(t.Name, file.ReadSingles(t))
        : throw new FormatException($"State '{t.Name}' is {t.Type} [{string.Join(", ", t.Shape)}]; an F32 vector is expected.")));
}
