namespace Federated.Client.Transport.Messages;

/// <summary>The tensors of one group as a safetensors blob.</summary>
public sealed record GroupBlob(string Group, string Digest, long Size);
