using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Federated.Aggregators.Numerics;

namespace Federated.Client.Data;

/// <summary>
/// A stream of random integers that is a pure function of a key and a counter. Equal keys give equal streams on every machine.
/// </summary>
public struct CounterRandom
{
    readonly Philox _philox;
    ulong _counter;
    (uint, uint, uint, uint) _block;
    int _left;

    public CounterRandom(ulong key, ulong stream = 0) => _philox = new Philox(key, stream);

    /// <summary>A key from anything that can be written down: the first 64 bits of SHA-256 over the parts.</summary>
    public static ulong Key(string purpose, params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, purpose);
        foreach (var part in parts)
            Append(hash, part);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash.GetHashAndReset());
    }

    public uint NextUInt32()
    {
        if (_left == 0)
        {
            _block = _philox.Block(_counter++);
            _left = 4;
        }
        return _left-- switch { 4 => _block.Item1, 3 => _block.Item2, 2 => _block.Item3, _ => _block.Item4 };
    }

    /// <summary>Uniform in [0, 1) with 53 bits.</summary>
    public double NextDouble() => (((ulong)NextUInt32() << 21) ^ (NextUInt32() >> 11)) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, bound) without bias (Lemire's rejection).</summary>
    public int Next(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        var threshold = (uint)(0x1_0000_0000UL % (uint)bound);
        while (true)
        {
            var product = (ulong)NextUInt32() * (uint)bound;
            if ((uint)product >= threshold)
                return (int)(product >> 32);
        }
    }

    /// <summary>Standard normal, by Marsaglia's polar method.</summary>
    public double NextNormal()
    {
        while (true)
        {
            var u = 2 * NextDouble() - 1;
            var v = 2 * NextDouble() - 1;
            var s = u * u + v * v;
            if (s is > 0 and < 1)
                return u * Math.Sqrt(-2 * Math.Log(s) / s);
        }
    }

    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    static void Append(IncrementalHash hash, string part)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, Encoding.UTF8.GetByteCount(part));
        hash.AppendData(length);
        hash.AppendData(Encoding.UTF8.GetBytes(part));
    }
}
