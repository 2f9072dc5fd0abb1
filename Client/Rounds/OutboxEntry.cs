namespace Federated.Client.Rounds;

/// <summary>An update that is on disk and waits to be received.</summary>
/// <param name="AssignmentId">What it answers.</param>
/// <param name="RunId">The assignment's run.</param>
/// <param name="Path">Where its byte string begins.</param>
/// <param name="HeaderLength">Bytes of the header, with which the byte string begins.</param>
/// <param name="Size">Bytes in all.</param>
/// <param name="Digest">Tree digest of all bytes, 64 lower-case hexadecimal digits.</param>
public sealed record OutboxEntry(string AssignmentId, string RunId, string Path, int HeaderLength, long Size, string Digest);
