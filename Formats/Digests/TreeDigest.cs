using System.Buffers.Binary;
using System.Security.Cryptography;
using Federated.Aggregators.Adapters;

namespace Federated.Formats.Digests;

/// <summary>
/// The digest of every byte string here: SHA-256("federated.tree.v1" | u64le length | SHA-256 of each leaf), leaves of 1 MiB, the last one short; no leaf for
/// an empty string. Computed as bytes come; its state at a leaf boundary can be stored and taken up again. Not safe for concurrent use.
/// </summary>
public sealed class TreeDigest
{
    /// <summary>Bytes of a leaf.</summary>
    public const int LeafBytes = 1 << 20;

    const int HashBytes = SHA256.HashSizeInBytes;

    readonly MemoryStream _leaves = new();
    readonly IncrementalHash _leaf = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    int _inLeaf;

    /// <summary>Nothing hashed yet.</summary>
    public TreeDigest() { }

    TreeDigest(ReadOnlySpan<byte> leaves)
    {
        _leaves.Write(leaves);
        Length = leaves.Length / HashBytes * (long)LeafBytes;
    }

    /// <summary>Bytes appended so far.</summary>
    public long Length { get; private set; }

    /// <summary>The largest multiple of <see cref="LeafBytes"/> not above <see cref="Length"/>: where <see cref="State"/> resumes.</summary>
    public long Boundary => Length / LeafBytes * LeafBytes;

    /// <summary>Takes up <see cref="State"/>; go on with the bytes from <see cref="Length"/> on.</summary>
    /// <exception cref="FormatException">The state's length is no multiple of 32.</exception>
    public static TreeDigest Resume(ReadOnlySpan<byte> state) => state.Length % HashBytes == 0 ? new TreeDigest(state)
        : throw new FormatException($"A digest's state has {state.Length} bytes; a multiple of {HashBytes} is needed.");

    /// <summary>The digest of bytes in memory, as 64 lower-case hexadecimal digits.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var digest = new TreeDigest();
        digest.Append(bytes);
        return digest.ToHex();
    }

    /// <summary>The digest of the rest of a stream, as 64 lower-case hexadecimal digits.</summary>
    public static string Of(Stream stream)
    {
        var digest = new TreeDigest();
        var buffer = new byte[1 << 16];
        for (int read; (read = stream.Read(buffer)) > 0;)
            digest.Append(buffer.AsSpan(0, read));
        return digest.ToHex();
    }

    /// <summary>The digest of bytes in place, as 64 lower-case hexadecimal digits; they are looked at leaf by leaf, from front to back.</summary>
    public static string Of(ISpanSource bytes)
    {
        var digest = new TreeDigest();
        while (digest.Length < bytes.Length)
            digest.Append(bytes.Span(digest.Length, (int)Math.Min(LeafBytes, bytes.Length - digest.Length)));
        return digest.ToHex();
    }

    /// <summary>Hashes the next bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var part = bytes[..Math.Min(bytes.Length, LeafBytes - _inLeaf)];
            _leaf.AppendData(part);
            _inLeaf += part.Length;
            Length += part.Length;
            bytes = bytes[part.Length..];
            if (_inLeaf == LeafBytes)
                CloseLeaf();
        }
    }

    /// <summary>The digests of all whole leaves, 32 bytes each: enough to resume at <see cref="Boundary"/>.</summary>
    public byte[] State() => _leaves.ToArray();

    /// <summary>The digest of what was appended so far, 32 bytes; appending may go on.</summary>
    public byte[] ToBytes()
    {
        using var root = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        root.AppendData("federated.tree.v1"u8);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)Length);
        root.AppendData(length);
        root.AppendData(_leaves.GetBuffer().AsSpan(0, (int)_leaves.Length));
        if (_inLeaf > 0)
            root.AppendData(_leaf.GetCurrentHash());
        return root.GetHashAndReset();
    }

    /// <summary><see cref="ToBytes"/> as 64 lower-case hexadecimal digits.</summary>
    public string ToHex() => Convert.ToHexStringLower(ToBytes());

    void CloseLeaf()
    {
        _leaves.Write(_leaf.GetHashAndReset());
        _inLeaf = 0;
    }
}
