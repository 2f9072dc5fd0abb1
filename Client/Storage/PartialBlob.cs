using System.Buffers;
using Federated.Formats.Digests;

namespace Federated.Client.Storage;

/// <summary>A download that is not complete: what comes is hashed on its way to the shelf, so that nobody reads it again to check it.</summary>
sealed class PartialBlob : IDisposable
{
    readonly string _digest;
    readonly Stream _part;
    readonly TreeDigest _hasher = new();

    public PartialBlob(IBlobShelf shelf, string digest)
    {
        (_digest, _part) = (digest, shelf.OpenPart(digest));
        HashWhatIsThere();
    }

    public long Length => _hasher.Length;

    /// <summary>Whether the bytes so far are the blob.</summary>
    public bool IsWhole => _hasher.ToHex() == _digest;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _part.Write(bytes);
        _hasher.Append(bytes);
    }

    public void Dispose() => _part.Dispose();

    void HashWhatIsThere()
    {
        if (_part.Length == 0)
            return;
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        for (int read; (read = _part.Read(buffer)) > 0;)
            _hasher.Append(buffer.AsSpan(0, read));
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
