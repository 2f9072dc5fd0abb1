namespace Federated.Aggregators.Adapters;

/// <summary>Bytes that can be looked at in place: an array, or a memory-mapped file. Safe for concurrent readers.</summary>
public interface ISpanSource
{
    /// <summary>Bytes in all.</summary>
    long Length { get; }

    /// <summary>A window, valid as long as the source is open.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It does not lie within the source.</exception>
    ReadOnlySpan<byte> Span(long offset, int length);

    /// <summary>Says that a window will be read soon; a source may get it ready, and does not have to.</summary>
    void Announce(long offset, long length) { }
}
