using System.Security.Cryptography;
using System.Text.Json;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Json;
using Federated.Formats.Peft;

namespace Federated.Cli.Aggregation;

/// <summary>A peft adapter with a schema of its own, complete and finite.</summary>
/// <param name="Name">The folder as it was given; also the client's place in the fold.</param>
/// <param name="BaseName">peft's <c>base_model_name_or_path</c>; empty when unknown.</param>
/// <param name="BaseDigest">From federated.json beside it; null when there is none.</param>
/// <param name="Tensors">The values.</param>
sealed record AdapterFolder(string Name, string BaseName, string? BaseDigest, AdapterTensors Tensors)
{
    const int MaxProvenance = 1 << 20;

    public static AdapterFolder Read(string folder)
    {
        if (!Directory.Exists(folder)) throw Refused.Missing($"There is no folder '{folder}'.");
        try
        {
            var peft = PeftFolder.Read(folder);
            if (peft.Tensors.Count == 0) throw new FormatException($"{PeftFolder.TensorsFile} has no tensor.");
            if (peft.Tensors.Sum(t => t.Values.LongLength) > Array.MaxLength) throw new FormatException($"The adapter has {peft.Tensors.Sum(t => t.Values.LongLength)} elements; at most {Array.MaxLength} are read.");
            foreach (var tensor in peft.Tensors) RequireFinite(tensor);
            // The base is not at hand, so this digest stands for its name only.
            var identity = Convert.ToHexStringLower(SHA256.HashData([]));
            return new AdapterFolder(folder, peft.Config.BaseModel, Digest(folder), PeftImport.Of(peft, identity, "peft"));
        }
        catch (FormatException e)
        {
            throw Refused.Combining($"Adapter '{folder}': {e.Message}");
        }
    }

    static void RequireFinite(PeftTensor tensor)
    {
        var at = Array.FindIndex(tensor.Values, v => !float.IsFinite(v));
        if (at >= 0) throw new FormatException(FormattableString.Invariant($"Tensor '{tensor.Name}' is {tensor.Values[at]} at element {at}; every value must be finite."));
    }

    /// <summary>Folders that the coordinator published say which base they are for.</summary>
    static string? Digest(string folder)
    {
        var file = new FileInfo(Path.Combine(folder, "federated.json"));
        if (!file.Exists) return null;
        if (file.Length > MaxProvenance) throw new FormatException($"federated.json has {file.Length} bytes; at most {MaxProvenance} are read.");
        return StrictObject.Parse(File.ReadAllBytes(file.FullName), file.Name).Element("base") is { ValueKind: JsonValueKind.String } digest ? digest.GetString() : null;
    }
}
