using Federated.Server.Aggregation;
using Federated.Server.Rounds;

namespace Federated.Server.Transport;

sealed class ManifestEncoder : IManifestEncoder
{
    public byte[] Encode(string run, int version, string schemaDigest, string planDigest, IReadOnlyList<GroupInfo> groups, string? parent) =>
        ProtoMapping.WriteManifest(run, version, schemaDigest, planDigest, groups, parent);
}
