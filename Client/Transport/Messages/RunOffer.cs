namespace Federated.Client.Transport.Messages;

/// <summary>A run that this client may join. Digests are 64 lower-case hexadecimal digits.</summary>
public sealed record RunOffer(string RunId, string BaseDigest, string SchemaDigest, string Trust);
