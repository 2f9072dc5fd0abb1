using Federated.Server.Storage;

namespace Federated.Server.Rounds;

/// <summary>A fold's result on its way to the disk; nothing refers to it yet.</summary>
/// <param name="Groups">In schema order.</param>
/// <param name="StateDigest">Of what the strategy remembers; null for nothing.</param>
/// <param name="DiagnosticsJson">A JSON array with one object per group.</param>
/// <param name="Blobs">Where all of it was added.</param>
sealed record FoldedVersion(IReadOnlyList<GroupInfo> Groups, string? StateDigest, string DiagnosticsJson, IBlobBatch Blobs)
{
    /// <summary>Frozen factors that this round adds to those of the version before.</summary>
    public IReadOnlyList<GroupInfo> Offsets { get; init; } = [];

    /// <summary>What a probe without ground truth saw of each update, a JSON array; null where the run has no candidates.</summary>
    public string? LeakageJson { get; init; }
}
