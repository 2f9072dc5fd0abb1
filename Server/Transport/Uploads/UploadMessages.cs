using Federated.Server.Faults;

namespace Federated.Server.Transport.Uploads;

/// <summary>What a client says while it uploads.</summary>
abstract record UploadSaid
{
    public sealed record Open(byte[] Header, long Size, string Digest) : UploadSaid;

    public sealed record Chunk(long Offset, ReadOnlyMemory<byte> Data) : UploadSaid;
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
