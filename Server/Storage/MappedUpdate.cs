using Federated.Formats.Files;

namespace Federated.Server.Storage;

/// <summary>A completed spool, mapped into memory: folding reads it without holding it.</summary>
sealed class MappedUpdate(MappedFile file) : IUpdateBytes
{
    public long Length => file.Length;

    public ReadOnlySpan<byte> Span(long offset, int length) => file.Span(offset, length);

    public void Announce(long offset, long length) => file.Announce(offset, length);

    public void Dispose() => file.Dispose();
}
