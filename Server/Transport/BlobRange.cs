namespace Federated.Server.Transport;

/// <summary>A blob that a client asks for, from a byte on.</summary>
readonly record struct BlobRange(string Digest, long Offset);

/// <summary>What is streamed of them.</summary>
/// <param name="Blob">Index of the blob in the request.</param>
/// <param name="Size">Of the whole blob; with its first piece only.</param>
/// <param name="Data">The next bytes.</param>
readonly record struct BlobPiece(int Blob, long? Size, ReadOnlyMemory<byte> Data);
