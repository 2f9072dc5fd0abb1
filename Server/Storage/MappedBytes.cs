using Federated.Formats.Files;

namespace Federated.Server.Storage;

/// <summary>A file of the store, mapped into memory: it is read without being held.</summary>
sealed class MappedBytes(MappedFile file) : IStoredBytes
{
    public long Length => file.Length;

    public ReadOnlySpan<byte> Span(long offset, int length) => file.Span(offset, length);

    public void Announce(long offset, long length) => file.Announce(offset, length);

    public void Release(long offset, long length) => file.Release(offset, length);

    public void Dispose() => file.Dispose();
}
