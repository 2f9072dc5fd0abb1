using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Federated.Server.Storage;

/// <summary>
/// The tree digest, fed as bytes arrive: SHA-256("federated.tree.v1" | u64le length | SHA-256 of each 1 MiB leaf).
/// </summary>
sealed class TreeHasher : IDisposable
{
    public const int LeafSize = 1 << 20;

    readonly IncrementalHash _leaf = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    readonly MemoryStream _leaves = new();
    int _inLeaf;

    public long Length { get; private set; }

    public static string Digest(ReadOnlySpan<byte> bytes)
    {
        using var hasher = new TreeHasher();
        hasher.Append(bytes);
        return hasher.Finish();
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        while (bytes.Length > 0)
        {
            var take = Math.Min(bytes.Length, LeafSize - _inLeaf);
            _leaf.AppendData(bytes[..take]);
            bytes = bytes[take..];
            _inLeaf += take;
            if (_inLeaf == LeafSize)
                CloseLeaf();
        }
    }

    /// <summary>The digest of everything appended, in lower-case hex. The hasher is spent.</summary>
    public string Finish()
    {
        if (_inLeaf > 0)
            CloseLeaf();
        using var root = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        root.AppendData("federated.tree.v1"u8);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)Length);
        root.AppendData(length);
        root.AppendData(_leaves.GetBuffer().AsSpan(0, (int)_leaves.Length));
        return Convert.ToHexStringLower(root.GetHashAndReset());
    }

    void CloseLeaf()
    {
        Span<byte> hash = stackalloc byte[32];
        _leaf.GetHashAndReset(hash);
        _leaves.Write(hash);
        _inLeaf = 0;
    }

    public void Dispose()
    {
        _leaf.Dispose();
        _leaves.Dispose();
    }
}
