namespace Federated.Aggregators.Numerics;

/// <summary>
/// Philox4x32-10 (Salmon et al., SC 2011): counter-based random integers, the same on every machine. Value i of a stream depends on key, stream and i alone.
/// </summary>
public sealed class Philox
{
    const uint M0 = 0xD2511F53, M1 = 0xCD9E8D57, W0 = 0x9E3779B9, W1 = 0xBB67AE85;

    readonly ulong _key;
    readonly ulong _stream;

    /// <summary>A stream of a key.</summary>
    public Philox(ulong key, ulong stream) => (_key, _stream) = (key, stream);

    /// <summary>The four words of a block.</summary>
    public (uint A, uint B, uint C, uint D) Block(ulong index) =>
        Rounds((uint)index, (uint)(index >> 32), (uint)_stream, (uint)(_stream >> 32), (uint)_key, (uint)(_key >> 32));

    /// <summary>Fills with +1 and -1, one bit each, lowest bit of word A of block 0 first.</summary>
    public void Rademacher(Span<float> into)
    {
        Span<uint> words = stackalloc uint[4];
        for (var i = 0; i < into.Length; i++)
        {
            if (i % 128 == 0)
                (words[0], words[1], words[2], words[3]) = Block((ulong)(i / 128));
            into[i] = (words[i % 128 / 32] >> (i % 32) & 1) == 0 ? 1 : -1;
        }
    }

    /// <summary>The 128 signs of one block: values 128 * block ... of <see cref="Rademacher(Span{float})"/>.</summary>
    internal void Rademacher(int block, Span<float> into)
    {
        Span<uint> words = stackalloc uint[4];
        (words[0], words[1], words[2], words[3]) = Block((ulong)block);
        for (var i = 0; i < into.Length; i++)
            into[i] = (words[i / 32] >> (i % 32) & 1) == 0 ? 1 : -1;
    }

    /// <summary>Fills with multiples of 2^-24 in [0, 1): the upper 24 bits of each word, four words a block.</summary>
    public void Uniform(Span<float> into)
    {
        Span<uint> words = stackalloc uint[4];
        for (var i = 0; i < into.Length; i++)
        {
            if (i % 4 == 0)
                (words[0], words[1], words[2], words[3]) = Block((ulong)(i / 4));
            into[i] = (words[i % 4] >> 8) * (1f / (1 << 24));
        }
    }

    internal static (uint A, uint B, uint C, uint D) Rounds(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        for (var round = 0; round < 10; round++)
        {
            var (p0, p1) = ((ulong)M0 * c0, (ulong)M1 * c2);
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 = unchecked(k0 + W0);
            k1 = unchecked(k1 + W1);
        }
        return (c0, c1, c2, c3);
    }
}
