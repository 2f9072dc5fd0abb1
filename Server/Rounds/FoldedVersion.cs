namespace Federated.Server.Rounds;

/// <summary>A fold's result, not written yet. The machine passes it on unread.</summary>
/// <param name="Groups">Each group's safetensors bytes, in schema order.</param>
/// <param name="State">What the strategy remembers; null for nothing.</param>
/// <param name="DiagnosticsJson">A JSON array with one object per group.</param>
sealed record FoldedVersion(IReadOnlyList<GroupBytes> Groups, byte[]? State, string DiagnosticsJson)
{
    /// <summary>Frozen factors that this round adds to those of the version before.</summary>
    public IReadOnlyList<GroupBytes> Offsets { get; init; } = [];

    /// <summary>What a probe without ground truth saw of each update, a JSON array; null where the run has no candidates.</summary>
    public string? LeakageJson { get; init; }
}

/// <param name="Group">Its name.</param>
/// <param name="Bytes">A safetensors file.</param>
/// <param name="Digest">The bytes' tree digest.</param>
sealed record GroupBytes(string Group, byte[] Bytes, string Digest);
