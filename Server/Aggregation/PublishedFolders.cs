using System.Text.Json;
using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Formats.Peft;
using Federated.Server.Rounds;
using Federated.Server.Runs;
using Federated.Server.Storage;

namespace Federated.Server.Aggregation;

/// <summary>Versions as peft folders, beside the blobs they can always be rebuilt from.</summary>
sealed class PublishedFolders(string folder, IBlobStore blobs, AdapterCache adapters)
{
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public string PathOf(string run, int version) => Path.Combine(folder, run, $"v{version:D4}");

    /// <summary>Writes the folder if it is missing; a half-written one never bears its name.</summary>
    /// <returns>Its path; null if the adapter is none that peft can load.</returns>
    public string? Ensure(RunSpec spec, VersionInfo version)
    {
        var target = PathOf(spec.Name, version.Version);
        if (Directory.Exists(target))
            return target;
        var adapter = adapters.Get(version.SchemaDigest, version.PlanDigest);
        if (Peft(adapter.Layout, t => GroupFiles.ReadTensor(blobs, adapter.Layout, version, t), GroupFiles.ReadOffsets(blobs, adapter.Layout, version)) is not { } peft)
            return null;
        var temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        peft.Write(temporary);
        File.WriteAllBytes(Path.Combine(temporary, "federated.json"), Provenance(spec, version));
        if (Directory.Exists(target))
            Directory.Delete(temporary, recursive: true);
        else
            Directory.Move(temporary, target);
        return target;
    }

    static PeftFolder? Peft(AdapterLayout layout, Func<LayoutTensor, float[]> read, IReadOnlyList<OffsetFactor> offsets)
    {
        try
        {
            return PeftExport.Of(layout, read, offsets);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    static byte[] Provenance(RunSpec spec, VersionInfo version) => JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            run = spec.Name,
            version = version.Version,
            strategy = StrategyJson.NameOf(spec.Strategy),
            @base = spec.Base,
            schema = version.SchemaDigest,
            plan = version.PlanDigest,
            manifest = version.ManifestDigest,
            parent = version.Parent,
            runSpec = spec.Digest,
        },
        Indented);
}
