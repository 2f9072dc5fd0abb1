namespace Federated.Server.Storage;

/// <summary>Bytes of a simulation's stores.</summary>
sealed class MemoryBytes(byte[] bytes) : IStoredBytes
{
    public long Length => bytes.Length;

    public ReadOnlySpan<byte> Span(long offset, int length) => bytes.AsSpan((int)offset, length);

    public void Dispose()
    {
    }
}
