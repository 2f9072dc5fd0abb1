using Federated.Aggregators.Adapters;
using Federated.Aggregators.Strategies;
using Federated.Client.Adapters;
using Federated.Client.Faults;
using Federated.Client.Storage;
using Federated.Client.Transport;
using Federated.Client.Transport.Messages;
using Federated.Formats.Digests;
using Federated.Formats.Safetensors;
using Federated.Formats.Versions;

namespace Federated.Client.Rounds;

/// <summary>Fetches and checks everything an assignment names by digest. One assignment at a time.</summary>
sealed class StartPointLoader(BlobCache blobs, string clientId)
{
    const int MaximumOffsets = 100_000;

    // Rounds mostly change nothing but the values: whose place is filled again, because fresh memory for them would cost as much as their download.
    (string Schema, string Plan, AdapterTensors Values)? _last;

    // The newest version of each run.
    readonly Dictionary<string, (int Version, HashSet<string> Blobs)> _newest = new(StringComparer.Ordinal);

    public async Task<AdapterSchema> SchemaAsync(string digest, CancellationToken cancellation) =>
        await ReadAsync(digest, "adapter schema", AdapterSchema.Parse, cancellation);

    /// <returns>Its values are valid until the next call.</returns>
    /// <exception cref="ClientFault">F521: what was fetched contradicts itself or the assignment.</exception>
    public async Task<StartPoint> LoadAsync(WorkAssignment work, CancellationToken cancellation)
    {
        // What came with the assignment counts as what its digest names, or not at all.
        var manifest = !work.Manifest.IsEmpty && TreeDigest.Of(work.Manifest.Span) == work.ManifestDigest
            ? Usable(work.ManifestDigest, "adapter manifest", () => ProtoMapping.ReadManifest(work.Manifest.Span))
            : await ReadAsync(work.ManifestDigest, "adapter manifest", ProtoMapping.ReadManifest, cancellation);
        Check(work, manifest);
        var values = await PlaceAsync(work, cancellation);
        CheckGroups(manifest, values.Layout);
        DropSuperseded(manifest);
        return new StartPoint(values, await ReadGroupsAsync(work, manifest, values, cancellation));
    }

    // What an older version of the run had and this one has not is not asked for again.
    void DropSuperseded(AdapterManifest manifest)
    {
        var named = manifest.Groups.Concat(manifest.Offsets).Select(b => b.Digest).ToHashSet(StringComparer.Ordinal);
        if (_newest.TryGetValue(manifest.RunId, out var newest) && newest.Version > manifest.Version)
            return;
        blobs.Drop(newest.Blobs?.Except(named) ?? []);
        _newest[manifest.RunId] = (manifest.Version, named);
    }

    async Task<AdapterTensors> PlaceAsync(WorkAssignment work, CancellationToken cancellation)
    {
        if (_last is not { } last || last.Schema != work.SchemaDigest || last.Plan != work.PlanDigest)
        {
            var schema = await SchemaAsync(work.SchemaDigest, cancellation);
            var plan = await ReadAsync(work.PlanDigest, "adapter plan", AdapterPlan.Parse, cancellation);
            _last = last = (work.SchemaDigest, work.PlanDigest, new AdapterTensors(Usable(work.PlanDigest, "adapter plan", () => AdapterLayout.Of(schema, plan, clientId))));
        }
        var version = last.Values.Layout.PlanVersion;
        return version == work.PlanVersion ? last.Values
            : throw ClientFaults.Adapter($"Assignment '{work.Id}' names plan version {work.PlanVersion}; its plan says {version}.");
    }

    async Task<IReadOnlyList<OffsetFactor>> ReadGroupsAsync(WorkAssignment work, AdapterManifest manifest, AdapterTensors values, CancellationToken cancellation)
    {
        var (named, offsets, at) = (manifest.Groups.Concat(manifest.Offsets).ToList(), new List<OffsetFactor>(), 0);
        await foreach (var bytes in blobs.GetAsync([.. named.Select(b => b.Digest)], work.Blobs, cancellation))
        {
            var (index, blob) = (at, named[at]);
            if (index < manifest.Groups.Count)
                Usable(blob.Digest, $"group '{blob.Group}'", () => ReadGroup(blob, bytes, values.Layout.Groups[index], values));
            else
                offsets.Add(Usable(blob.Digest, $"offset of group '{blob.Group}'", () => OffsetFile.Read(bytes, OffsetGroup(manifest, blob, values.Layout))));
            at++;
        }
        return offsets;
    }

    static LayoutGroup OffsetGroup(AdapterManifest manifest, GroupBlob blob, AdapterLayout layout) => layout.Groups.FirstOrDefault(g => g.Group.Name == blob.Group)
        ?? throw ClientFaults.Adapter($"The manifest of version {manifest.Version} has an offset for group '{blob.Group}', which the plan does not enable.");

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

    static LayoutGroup ReadGroup(GroupBlob blob, ISpanSource bytes, LayoutGroup group, AdapterTensors values)
    {
        using var file = new SafetensorsFile(bytes, $"group '{blob.Group}'");
        AdapterValues.Read(file, group, values);
        return group;
    }

    delegate T Reader<T>(ReadOnlySpan<byte> bytes);

    async Task<T> ReadAsync<T>(string digest, string what, Reader<T> read, CancellationToken cancellation)
    {
        await foreach (var bytes in blobs.GetAsync([digest], cancellation))
            return Usable(digest, what, () => read(Whole(bytes)));
        throw new InvalidOperationException("Of one blob asked for none came.");
    }

    static ReadOnlySpan<byte> Whole(ISpanSource bytes) => bytes.Span(0, (int)bytes.Length);

    static T Usable<T>(string digest, string what, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (FormatException e)
        {
            throw ClientFaults.Adapter($"Blob {digest} is no usable {what}: {e.Message}", e);
        }
    }
}
