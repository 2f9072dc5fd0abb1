namespace Federated.Aggregators.Adapters;

/// <summary>Bytes in memory.</summary>
public sealed class MemorySpanSource(ReadOnlyMemory<byte> bytes) : ISpanSource
{
    /// <inheritdoc/>
    public long Length => bytes.Length;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Span(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, bytes.Length);
        return bytes.Span.Slice((int)offset, length);
    }
}
