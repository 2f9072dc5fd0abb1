using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Client.Faults;
using Federated.Client.Storage;
using Federated.Formats.Digests;
using Federated.Formats.Safetensors;
using Federated.Formats.Versions;

namespace Federated.Client.Adapters;

/// <summary>Everything a coordinator without a base model needs: what is trained, at which ranks, and from which values.</summary>
public sealed record AdapterBundle(AdapterSchema Schema, AdapterPlan Plan, AdapterTensors Version0)
{
    /// <summary>What version 0 adds to the base; most methods have none.</summary>
    public IReadOnlyList<OffsetFactor> Offsets { get; init; } = [];

    /// <summary>Share of a first stage's squared change that version 0 keeps; null without one. Not written.</summary>
    public double? KeptChange { get; init; }

    const string SchemaFile = "schema.json", PlanFile = "plan.json", ValuesFile = "version0.safetensors", IndexFile = "init.json";

    /// <summary>Writes schema.json, plan.json, version0.safetensors, and init.json with their tree digests.</summary>
    public void Write(string folder)
    {
        var (schema, plan, values) = (Schema.ToJson(), Plan.ToJson(), ValuesBytes());
        var index = new JsonObject
        {
            ["schema"] = TreeDigest.Of(schema),
            ["plan"] = TreeDigest.Of(plan),
            ["version0"] = TreeDigest.Of(values),
            ["base"] = Schema.BaseDigest,
        };
        Directory.CreateDirectory(folder);
        DurableFiles.Write(Path.Combine(folder, SchemaFile), schema);
        DurableFiles.Write(Path.Combine(folder, PlanFile), plan);
        DurableFiles.Write(Path.Combine(folder, ValuesFile), values);
        DurableFiles.Write(Path.Combine(folder, IndexFile), Encoding.UTF8.GetBytes(index.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n"));
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ClientFault">F521: a file is missing, or one contradicts another.</exception>
    public static AdapterBundle Read(string folder)
    {
        try
        {
            var schema = AdapterSchema.Parse(File.ReadAllBytes(Path.Combine(folder, SchemaFile)));
            var plan = AdapterPlan.Parse(File.ReadAllBytes(Path.Combine(folder, PlanFile)));
            using var file = SafetensorsFile.Open(Path.Combine(folder, ValuesFile));
            var version = AdapterVersionFile.Read(file, AdapterLayout.Of(schema, plan));
            return new AdapterBundle(schema, plan, version.Tensors) { Offsets = version.Offsets };
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw ClientFaults.Adapter($"The adapter bundle '{folder}' cannot be used: {e.Message}", e);
        }
    }

    /// <summary>version0.safetensors.</summary>
    public byte[] ValuesBytes()
    {
        using var stream = new MemoryStream();
        AdapterVersionFile.Write(stream, new AdapterVersion(Version0, Offsets));
        return stream.ToArray();
    }
}
