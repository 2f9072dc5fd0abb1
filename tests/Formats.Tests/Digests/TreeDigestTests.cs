using System.Buffers.Binary;
using System.Security.Cryptography;
using Federated.Formats.Digests;

namespace Federated.Formats.Tests.Digests;

public sealed class TreeDigestTests
{
    static byte[] Data(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    // The definition, written as a sentence.
    static string Oracle(byte[] data)
    {
        var length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)data.Length);
        return Convert.ToHexStringLower(SHA256.HashData([.. "federated.tree.v1"u8, .. length, .. data.Chunk(1 << 20).SelectMany(SHA256.HashData)]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData((1 << 20) - 1)]
    [InlineData(1 << 20)]
    [InlineData((1 << 20) + 1)]
    [InlineData(3 << 20)]
    public void Append_AnyPieces_GivesTheDefinedDigest(int length)
    {
        var data = Data(length);
        var digest = new TreeDigest();
        for (var (at, piece) = (0, 1); at < length; piece = piece * 3 % 300_007)
        {
            var part = data.AsSpan(at, Math.Min(piece, length - at));
            digest.Append(part);
            at += part.Length;
        }
        Assert.Equal(Oracle(data), digest.ToHex());
        Assert.Equal(Oracle(data), TreeDigest.Of(new MemoryStream(data)));
    }

    [Fact]
    public void Resume_AtLeafBoundary_GoesOnAsIfNeverStopped()
    {
        var data = Data((5 << 20) / 2);
        var first = new TreeDigest();
        first.Append(data.AsSpan(0, 2_200_000));
        Assert.Equal(2 << 20, first.Boundary);
        var second = TreeDigest.Resume(first.State());
        Assert.Equal(2 << 20, second.Length);
        second.Append(data.AsSpan((int)second.Length));
        Assert.Equal(Oracle(data), second.ToHex());
        Assert.Throws<FormatException>(() => TreeDigest.Resume(new byte[33]));
    }

    [Fact]
    public void ToHex_InTheMiddle_DoesNotDisturbTheRest()
    {
        var data = Data(2_000_000);
        var digest = new TreeDigest();
        digest.Append(data.AsSpan(0, 700_000));
        Assert.Equal(Oracle(data[..700_000]), digest.ToHex());
        digest.Append(data.AsSpan(700_000));
        Assert.Equal(Oracle(data), digest.ToHex());
    }
}
