using System.Collections.Immutable;

namespace Federated.Server.Rounds;

/// <summary>A published adapter version: its manifest blob, and what that manifest lists.</summary>
sealed record VersionInfo(int Version, string ManifestDigest, long ManifestSize, string? Parent, string SchemaDigest, string PlanDigest)
{
    public required ImmutableArray<GroupInfo> Groups { get; init; }

    /// <summary>Frozen factors, oldest first; several may belong to one group.</summary>
    public ImmutableArray<GroupInfo> Offsets { get; init; } = [];

    public required int PlanVersion { get; init; }

    /// <summary>The strategy's state after this version; null where it keeps none.</summary>
    public string? StateDigest { get; init; }

    /// <summary>What measured clients train from it; null where the run does not plan, or nobody has measured yet.</summary>
    public VersionPlanning? Planning { get; init; }

    public required long PublishedMs { get; init; }

    /// <summary>Of every blob that a client needs to start from it.</summary>
    public IEnumerable<string> Digests => Groups.Concat(Offsets).Select(b => b.Digest).Concat([ManifestDigest, SchemaDigest, PlanDigest]);
}

sealed record GroupInfo(string Group, string Digest, long Size);
