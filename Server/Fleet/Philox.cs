namespace Federated.Server.Fleet;

/// <summary>
/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): a keyed, counter-based generator, so that a
/// draw depends on nothing but its seed and its place.
/// </summary>
sealed class Philox(ulong key, uint stream, uint substream)
{
    const uint MultiplierA = 0xD2511F53;
    const uint MultiplierB = 0xCD9E8D57;
    const uint WeylA = 0x9E3779B9;
    const uint WeylB = 0xBB67AE85;
    const int Rounds = 10;

    uint _counter;

    /// <summary>Uniform in [0, bound), without bias; bound 1 or more.</summary>
    public int Below(int bound)
    {
        // Values below 2^32 mod bound would make small results more likely.
        var threshold = (uint)((1UL << 32) % (uint)bound);
        uint draw;
        do
        {
            draw = Block(key, _counter++, 0, stream, substream).A;
        }
        while (draw < threshold);
        return (int)(draw % (uint)bound);
    }

    public static (uint A, uint B, uint C, uint D) Block(ulong key, uint a, uint b, uint c, uint d)
    {
        var (keyA, keyB) = ((uint)key, (uint)(key >> 32));
        for (var round = 0; round < Rounds; round++)
        {
            var left = (ulong)MultiplierA * a;
            var right = (ulong)MultiplierB * c;
            (a, b, c, d) = ((uint)(right >> 32) ^ b ^ keyA, (uint)right, (uint)(left >> 32) ^ d ^ keyB, (uint)left);
            keyA += WeylA;
            keyB += WeylB;
        }
        return (a, b, c, d);
    }
}
