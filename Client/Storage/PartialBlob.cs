using System.Buffers;
using Federated.Formats.Digests;

namespace Federated.Client.Storage;

/// <summary>A download that is not complete: what comes is hashed on its way to the shelf, so that nobody reads it again to check it.</summary>
sealed class PartialBlob : IDisposable
{
    readonly string _digest;
    readonly Stream _part;
    readonly TreeDigest _hasher = new();

    /// <param name="shelf">Where it lies.</param>
    /// <param name="range">What is missing; the bytes before it are there.</param>
    public PartialBlob(IBlobShelf shelf, BlobRange range)
    {
        (_digest, _part) = (range.Digest, shelf.OpenPart(range.Digest));
        HashWhatIsThere(range.Offset);
    }

    public long Length => _hasher.Length;

    /// <summary>Whether the bytes so far are the blob.</summary>
    public bool IsWhole => _hasher.ToHex() == _digest;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _part.Write(bytes);
        _hasher.Append(bytes);
    }

    public void Dispose()
    {
        // It may have been written over a longer one.
        if (_part.CanWrite && _part.Length > Length)
            _part.SetLength(Length);
        _part.Dispose();
    }

    void HashWhatIsThere(long length)
    {
        if (length == 0)
            return;
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        for (int read; Length < length && (read = _part.Read(buffer, 0, (int)Math.Min(buffer.Length, length - Length))) > 0;)
            _hasher.Append(buffer.AsSpan(0, read));
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
