using Federated.Server.Aggregation;

namespace Federated.Server.Transport;

sealed class ManifestEncoder : IManifestEncoder
{
    public byte[] Encode(ManifestContent content) => ProtoMapping.WriteManifest(content);
}
