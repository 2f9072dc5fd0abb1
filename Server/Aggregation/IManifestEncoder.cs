using Federated.Server.Rounds;

namespace Federated.Server.Aggregation;

/// <summary>Writes the wire's manifest of a version: the blob that an assignment names.</summary>
interface IManifestEncoder
{
    byte[] Encode(ManifestContent content);
}

/// <param name="Run">The run.</param>
/// <param name="Version">0 or more.</param>
/// <param name="SchemaDigest">Of the run's schema.</param>
/// <param name="PlanDigest">Of the plan under which the next round trains.</param>
/// <param name="Parent">The manifest that this version came from; null for a first one.</param>
sealed record ManifestContent(string Run, int Version, string SchemaDigest, string PlanDigest, string? Parent)
{
    public required IReadOnlyList<GroupInfo> Groups { get; init; }
    public required IReadOnlyList<GroupInfo> Offsets { get; init; }
}
