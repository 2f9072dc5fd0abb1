using Federated.Server.Rounds;

namespace Federated.Server.Aggregation;

/// <summary>Writes the wire's manifest of a version: the blob that an assignment names.</summary>
interface IManifestEncoder
{
    byte[] Encode(string run, int version, string schemaDigest, string planDigest, IReadOnlyList<GroupInfo> groups, string? parent);
}
