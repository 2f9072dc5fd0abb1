using Federated.Aggregators.Adapters;
using Federated.Formats.Peft;

namespace Federated.Cli.Demo;

/// <summary>Reads a published peft folder back into the layout it was trained with.</summary>
static class PublishedAdapter
{
    public static AdapterTensors Read(string folder, AdapterLayout layout)
    {
        var published = PeftFolder.Read(folder).Tensors.ToDictionary(tensor => tensor.Name);
        var values = new AdapterTensors(layout);
        foreach (var tensor in layout.Tensors)
        {
            if (!published.TryGetValue(tensor.Name, out var found)) throw new InvalidDataException($"The published adapter '{folder}' has no tensor '{tensor.Name}'.");
            found.Values.CopyTo(values[tensor]);
        }
        return values;
    }
}
