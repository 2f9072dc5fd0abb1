namespace Federated.Client.Transport.Messages;

/// <summary>An adapter version as this client is to see it.</summary>
public sealed record AdapterManifest(string RunId, int Version, string SchemaDigest, string PlanDigest, IReadOnlyList<GroupBlob> Groups, int Offsets);
