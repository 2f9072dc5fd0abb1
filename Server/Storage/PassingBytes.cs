using Federated.Aggregators.Adapters;

namespace Federated.Server.Storage;

/// <summary>Bytes that one reader goes through from front to back, once: what lies behind it is released, so that a file larger than memory can be checked.</summary>
sealed class PassingBytes(IStoredBytes bytes) : ISpanSource
{
    const long Step = 4 << 20;

    long _released;

    public long Length => bytes.Length;

    public ReadOnlySpan<byte> Span(long offset, int length)
    {
        if (offset - _released >= Step)
        {
            bytes.Release(_released, offset - _released);
            _released = offset;
        }
        return bytes.Span(offset, length);
    }
}
