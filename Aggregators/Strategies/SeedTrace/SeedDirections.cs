using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Federated.Aggregators.Numerics;

namespace Federated.Aggregators.Strategies.SeedTrace;

/// <summary>
/// The directions of zeroth-order tuning: for each seed of a pool a vector of random signs per tensor, the same on every machine (Philox). Client and server replay them from
/// the seed's number alone.
/// </summary>
public static class SeedDirections
{
    /// <summary>into += step * z(seed), element by element, each sum rounded once to fp64.</summary>
    /// <param name="into">All elements of the tensor, row-major.</param>
    /// <param name="tensor">The tensor's name, which is the key of its directions.</param>
    /// <param name="seed">Number of the seed in the pool, 0 or more.</param>
    /// <param name="step">Length of the step along the direction.</param>
    public static void Add(Span<double> into, string tensor, int seed, double step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seed);
        var philox = new Philox(Key(tensor), (ulong)seed);
        Span<float> signs = stackalloc float[128];
        for (var at = 0; at < into.Length; at += signs.Length)
        {
            philox.Rademacher(at / signs.Length, signs);
            var piece = into.Slice(at, Math.Min(signs.Length, into.Length - at));
            for (var i = 0; i < piece.Length; i++)
                piece[i] += step * signs[i];
        }
    }

    static ulong Key(string tensor) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(tensor)));
}
