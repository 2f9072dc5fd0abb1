namespace Federated.Server.Storage;

/// <summary>Bytes that are in memory.</summary>
sealed class MemoryBytes(ReadOnlyMemory<byte> bytes) : IStoredBytes
{
    public long Length => bytes.Length;

    public ReadOnlySpan<byte> Span(long offset, int length) => bytes.Span.Slice((int)offset, length);

    public void Dispose()
    {
    }
}
