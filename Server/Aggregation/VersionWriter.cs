using System.Collections.Immutable;
using Federated.Server.Rounds;
using Federated.Server.Storage;

namespace Federated.Server.Aggregation;

/// <summary>Writes a version's blobs durably; the commit that points to them comes after.</summary>
sealed class VersionWriter(IBlobStore blobs, IManifestEncoder manifests)
{
    /// <summary>What clients with plans of their own start from.</summary>
    public ClientStarts Starts { get; } = new(blobs, manifests);

    /// <param name="place">Which version of which run, and what it came from.</param>
    /// <param name="next">The adapter under the plan of the round that starts from this version.</param>
    /// <param name="folded">What was folded.</param>
    /// <param name="stopping">Ends the wait.</param>
    public async Task<VersionInfo> WriteAsync(VersionPlace place, RunAdapter next, FoldedVersion folded, CancellationToken stopping)
    {
        var groups = Describe(folded.Groups);
        ImmutableArray<GroupInfo> offsets = [.. place.Offsets, .. Describe(folded.Offsets)];
        var manifest = manifests.Encode(new ManifestContent(place.Run, place.Version, next.SchemaDigest, next.PlanDigest, place.Parent) { Groups = groups, Offsets = offsets });
        List<ReadOnlyMemory<byte>> all = [manifest, .. folded.Groups.Concat(folded.Offsets).Select(g => (ReadOnlyMemory<byte>)g.Bytes)];
        if (blobs.Size(next.PlanDigest) is null)
            all.Add(next.Plan.ToJson());
        if (folded.State is not null)
            all.Add(folded.State);
        var digests = await blobs.PutAsync(all, stopping);
        return new VersionInfo(place.Version, digests[0], manifest.Length, place.Parent, next.SchemaDigest, next.PlanDigest)
        {
            Groups = groups,
            Offsets = offsets,
            PlanVersion = next.Plan.Version,
            StateDigest = folded.State is null ? null : digests[^1],
            PublishedMs = 0,
        };
    }

    static ImmutableArray<GroupInfo> Describe(IReadOnlyList<GroupBytes> groups) =>
        [.. groups.Select(g => new GroupInfo(g.Group, g.Digest, g.Bytes.Length))];
}

/// <param name="Run">The run.</param>
/// <param name="Version">0 or more.</param>
/// <param name="Parent">The manifest that it came from; null for a first one.</param>
/// <param name="Offsets">Frozen factors of the version that it came from.</param>
sealed record VersionPlace(string Run, int Version, string? Parent, ImmutableArray<GroupInfo> Offsets);
