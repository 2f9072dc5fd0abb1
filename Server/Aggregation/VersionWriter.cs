using System.Collections.Immutable;
using Federated.Server.Rounds;
using Federated.Server.Storage;

namespace Federated.Server.Aggregation;

/// <summary>Writes a version's blobs durably; the commit that points to them comes after.</summary>
sealed class VersionWriter(IBlobStore blobs, IManifestEncoder manifests)
{
    public async Task<VersionInfo> WriteAsync(string run, int version, RunAdapter adapter, FoldedVersion folded, string? parent, CancellationToken stopping)
    {
        var groups = Describe(folded.Groups);
        var manifest = manifests.Encode(run, version, adapter.SchemaDigest, adapter.PlanDigest, groups, parent);
        ReadOnlyMemory<byte>[] all = [manifest, .. folded.Groups.Select(g => (ReadOnlyMemory<byte>)g.Bytes)];
        var digests = await blobs.PutAsync(folded.State is null ? all : [.. all, folded.State], stopping);
        return new VersionInfo(version, digests[0], manifest.Length, parent, adapter.SchemaDigest, adapter.PlanDigest)
        {
            Groups = groups,
            PlanVersion = adapter.Plan.Version,
            StateDigest = folded.State is null ? null : digests[^1],
            PublishedMs = 0,
        };
    }

    static ImmutableArray<GroupInfo> Describe(IReadOnlyList<GroupBytes> groups) =>
        [.. groups.Select(g => new GroupInfo(g.Group, g.Digest, g.Bytes.Length))];
}
