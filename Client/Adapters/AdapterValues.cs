using Federated.Aggregators.Adapters;
using Federated.Formats.Safetensors;

namespace Federated.Client.Adapters;

/// <summary>Fills adapter tensors from safetensors files.</summary>
static class AdapterValues
{
    /// <summary>Every tensor of the layout.</summary>
    /// <exception cref="FormatException">A tensor is missing or has another type or shape.</exception>
    public static void Read(SafetensorsFile file, AdapterTensors values)
    {
        foreach (var group in values.Layout.Groups)
            Read(file, group, values);
    }

    /// <summary>The tensors of one group.</summary>
    /// <exception cref="FormatException">A tensor is missing or has another type or shape.</exception>
    public static void Read(SafetensorsFile file, LayoutGroup group, AdapterTensors values)
    {
        foreach (var tensor in group.Tensors)
        {
            var entry = file.Find(tensor.Name) ?? throw new FormatException($"Tensor '{tensor.Name}' is missing.");
            if (entry.Type != TensorType.F32 || !entry.Shape.SequenceEqual(tensor.Shape.Select(s => (long)s)))
                throw new FormatException($"Tensor '{tensor.Name}' is {entry.Type} [{string.Join(", ", entry.Shape)}]; F32 [{string.Join(", ", tensor.Shape)}] is needed.");
            file.ReadSingles(entry, 0, values[tensor]);
        }
    }
}
