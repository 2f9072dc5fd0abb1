using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Client.Adapters;
using Federated.Client.Faults;
using Federated.Client.Storage;
using Federated.Client.Transport;
using Federated.Client.Transport.Messages;
using Federated.Formats.Safetensors;
using Federated.Formats.Versions;

namespace Federated.Client.Rounds;

/// <summary>Fetches and checks everything an assignment names by digest.</summary>
sealed class StartPointLoader(BlobCache blobs, string clientId)
{
    const int MaximumOffsets = 100_000, MostTogether = 8;

    public async Task<AdapterSchema> SchemaAsync(string digest, CancellationToken cancellation) =>
        Read(digest, "adapter schema", await blobs.GetAsync(digest, cancellation), b => AdapterSchema.Parse(b));

    /// <exception cref="ClientFault">F521: what was fetched contradicts itself or the assignment.</exception>
    public async Task<StartPoint> LoadAsync(WorkAssignment work, CancellationToken cancellation)
    {
        var manifest = Read(work.ManifestDigest, "adapter manifest", await blobs.GetAsync(work.ManifestDigest, cancellation), ProtoMapping.ReadManifest);
        Check(work, manifest);
        var schema = await SchemaAsync(work.SchemaDigest, cancellation);
        var plan = Read(work.PlanDigest, "adapter plan", await blobs.GetAsync(work.PlanDigest, cancellation), b => AdapterPlan.Parse(b));
        if (plan.Version != work.PlanVersion)
            throw ClientFaults.Adapter($"Assignment '{work.Id}' names plan version {work.PlanVersion}; its plan says {plan.Version}.");
        var layout = Read(work.PlanDigest, "adapter plan", schema, s => AdapterLayout.Of(s, plan, clientId));
        var values = new AdapterTensors(layout);
        CheckGroups(manifest, layout);
        await ReadGroupsAsync(manifest, layout, values, cancellation);
        return new StartPoint(values, await OffsetsAsync(manifest, layout, cancellation));
    }

    // A few at a time: small groups cost a turn on the wire each, large ones memory.
    async Task ReadGroupsAsync(AdapterManifest manifest, AdapterLayout layout, AdapterTensors values, CancellationToken cancellation)
    {
        // The same blob twice would be one download begun twice.
        var together = manifest.Groups.DistinctBy(g => g.Digest).Count() == manifest.Groups.Count ? MostTogether : 1;
        foreach (var some in manifest.Groups.Zip(layout.Groups).Chunk(together))
        {
            await Task.WhenAll(some.Select(async g =>
                ReadGroup(g.First, await blobs.GetAsync(g.First.Digest, cancellation), g.Second, values)));
        }
    }

    async Task<IReadOnlyList<OffsetFactor>> OffsetsAsync(AdapterManifest manifest, AdapterLayout layout, CancellationToken cancellation)
    {
        var offsets = new List<OffsetFactor>();
        foreach (var blob in manifest.Offsets)
        {
            var group = layout.Groups.FirstOrDefault(g => g.Group.Name == blob.Group)
                ?? throw ClientFaults.Adapter($"The manifest of version {manifest.Version} has an offset for group '{blob.Group}', which the plan does not enable.");
            offsets.Add(Read(blob.Digest, $"offset of group '{blob.Group}'", await blobs.GetAsync(blob.Digest, cancellation), b => OffsetFile.Read(b, group)));
        }
        return offsets;
    }

    static void Check(WorkAssignment work, AdapterManifest manifest)
    {
        if (manifest.RunId != work.RunId || manifest.SchemaDigest != work.SchemaDigest || manifest.PlanDigest != work.PlanDigest)
            throw ClientFaults.Adapter($"The manifest of assignment '{work.Id}' is for run '{manifest.RunId}', schema {manifest.SchemaDigest}, plan {manifest.PlanDigest}; the assignment is for '{work.RunId}', {work.SchemaDigest}, {work.PlanDigest}.");
        if (manifest.Offsets.Count > MaximumOffsets)
            throw ClientFaults.Adapter($"The manifest of assignment '{work.Id}' has {manifest.Offsets.Count} offsets; at most {MaximumOffsets} are added to the base.");
    }

    static void CheckGroups(AdapterManifest manifest, AdapterLayout layout)
    {
        if (!manifest.Groups.Select(g => g.Group).SequenceEqual(layout.Groups.Select(g => g.Group.Name)))
            throw ClientFaults.Adapter($"The manifest of version {manifest.Version} has {manifest.Groups.Count} groups; the plan enables {layout.Groups.Count}, and names and order must agree.");
    }

    static void ReadGroup(GroupBlob blob, byte[] bytes, LayoutGroup group, AdapterTensors values) =>
        Read(blob.Digest, $"group '{blob.Group}'", bytes, b =>
        {
            using var file = new SafetensorsFile(new MemorySpanSource(b), $"group '{blob.Group}'");
            AdapterValues.Read(file, group, values);
            return group;
        });

    static TOut Read<TIn, TOut>(string digest, string what, TIn bytes, Func<TIn, TOut> read)
    {
        try
        {
            return read(bytes);
        }
        catch (FormatException e)
        {
            throw ClientFaults.Adapter($"Blob {digest} is no usable {what}: {e.Message}", e);
        }
    }
}
