namespace Federated.Client.Transport.Messages;

/// <summary>An adapter version as this client is to see it; offsets are the frozen factors that it adds to the base, oldest first.</summary>
public sealed record AdapterManifest(string RunId, int Version, string SchemaDigest, string PlanDigest, IReadOnlyList<GroupBlob> Groups, IReadOnlyList<GroupBlob> Offsets);
