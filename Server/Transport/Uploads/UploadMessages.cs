using Federated.Server.Faults;

namespace Federated.Server.Transport.Uploads;

/// <summary>What a client says while it uploads.</summary>
abstract record UploadSaid
{
    /// <param name="Header">As sent.</param>
    /// <param name="Size">Bytes in all.</param>
    /// <param name="Digest">Of them.</param>
    /// <param name="Unasked">Whether chunks follow without waiting to hear where to begin.</param>
    public sealed record Open(byte[] Header, long Size, string Digest, bool Unasked = false) : UploadSaid;

    /// <param name="Offset">Of the first byte.</param>
    /// <param name="Data">At most 256 KiB.</param>
    /// <param name="Rented">The array of the shared pool that holds them, for whoever is done with them; null where they are nobody's to return.</param>
    public sealed record Chunk(long Offset, ReadOnlyMemory<byte> Data, byte[]? Rented = null) : UploadSaid;
}

/// <summary>What the server answers.</summary>
abstract record UploadSays
{
    public sealed record Ready(long Offset) : UploadSays;

    public sealed record Outcome(UploadResult Result, Refusal? Refusal, string? Receipt) : UploadSays;
}

enum UploadResult
{
    Accepted,
    Rejected,
    Discarded,
    Restart,
}
