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
        ImmutableArray<GroupInfo> groups = [.. folded.Groups], offsets = [.. place.Offsets, .. folded.Offsets];
        var manifest = manifests.Encode(new ManifestContent(place.Run, place.Version, next.SchemaDigest, next.PlanDigest, place.Parent) { Groups = groups, Offsets = offsets });
        var digest = folded.Blobs.Add(manifest);
        folded.Blobs.Add(next.Plan.ToJson());
        await folded.Blobs.CommitAsync(stopping);
        return new VersionInfo(place.Version, digest, manifest.Length, place.Parent, next.SchemaDigest, next.PlanDigest)
        {
            Groups = groups,
            Offsets = offsets,
            PlanVersion = next.Plan.Version,
            StateDigest = folded.StateDigest,
            PublishedMs = 0,
        };
    }
}

/// <param name="Run">The run.</param>
/// <param name="Version">0 or more.</param>
/// <param name="Parent">The manifest that it came from; null for a first one.</param>
/// <param name="Offsets">Frozen factors of the version that it came from.</param>
sealed record VersionPlace(string Run, int Version, string? Parent, ImmutableArray<GroupInfo> Offsets);
