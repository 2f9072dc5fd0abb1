using System.Buffers.Binary;
using System.Security.Cryptography;
using Federated.Privacy.Numerics;

namespace Federated.Privacy.Mechanisms;

/// <summary>
/// Normal noise from a key: AES-256 of a counter gives two 64-bit integers a block, Box and Muller's transform makes two normal values of them, which are
/// rounded to a grid of 2^-30 of the standard deviation (to its power of two). Bits depend on the key alone, not on machine or length.
/// </summary>
/// <param name="key">32 bytes.</param>
public sealed class GaussianStream(byte[] key)
{
    const int Blocks = 1024;
    const double TwoToMinus53 = 1.0 / (1L << 53);

    /// <summary>The grid for a standard deviation: a power of two.</summary>
    /// <param name="deviation">Above 0 and finite.</param>
    public static double Grid(double deviation) => Math.ScaleB(1, Math.ILogB(deviation) - 30);

    /// <summary>
    /// Rounds every value to the grid and adds noise on the grid, so that no low-order bit of the sum shines through the noise (Mironov, CCS 2012).
    /// </summary>
    /// <param name="values">Disturbed in place.</param>
    /// <param name="deviation">Standard deviation, 0 or more; 0 changes nothing.</param>
    public void AddTo(Span<double> values, double deviation)
    {
        if (!(deviation >= 0 && double.IsFinite(deviation)))
            throw new ArgumentOutOfRangeException(nameof(deviation), deviation, $"The standard deviation is {deviation}; a finite number of 0 or more is needed.");
        if (deviation == 0)
            return;
        var grid = Grid(deviation);
        Span<double> noise = new double[2 * Blocks];
        for (var first = 0; first < values.Length; first += noise.Length)
        {
            var part = values.Slice(first, Math.Min(noise.Length, values.Length - first));
            Fill(noise, first / 2);
            for (var i = 0; i < part.Length; i++)
                part[i] = (Math.Round(part[i] / grid) + Math.Round(noise[i] * deviation / grid)) * grid;
        }
    }

    /// <summary>Standard normal values from the start of the stream; the tail beyond 8.57, 1e-17 of the mass, is cut off.</summary>
    public void Fill(Span<double> into)
    {
        Span<double> block = new double[2 * Blocks];
        for (var first = 0; first < into.Length; first += block.Length)
        {
            Fill(block, first / 2);
            block[..Math.Min(block.Length, into.Length - first)].CopyTo(into[first..]);
        }
    }

    void Fill(Span<double> into, long firstBlock)
    {
        var counters = new byte[16 * Blocks];
        for (var i = 0; i < Blocks; i++)
            BinaryPrimitives.WriteInt64LittleEndian(counters.AsSpan(16 * i), firstBlock + i);
        using var aes = Aes.Create();
        aes.Key = key;
        var words = aes.EncryptEcb(counters, PaddingMode.None);
        for (var i = 0; i < Blocks; i++)
        {
            var (u, v) = (BinaryPrimitives.ReadUInt64LittleEndian(words.AsSpan(16 * i)) >> 11, BinaryPrimitives.ReadUInt64LittleEndian(words.AsSpan(16 * i + 8)) >> 11);
            var radius = Math.Sqrt(-2 * ExactFunctions.Log((u + 1) * TwoToMinus53));
            var (sin, cos) = ExactFunctions.SinCosOfTurn(v * TwoToMinus53);
            (into[2 * i], into[2 * i + 1]) = (radius * cos, radius * sin);
        }
    }
}
